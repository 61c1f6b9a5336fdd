<?php
// The page that keeps its own three counters in PostgreSQL, as well as PHP can: a connection that stays, statements planned once
// for each connection, one transaction that adds to the three rows in one fixed order only where all have room, and puts on
// record what was decided.
declare(strict_types=1);

// bench/php/postgres.sql holds the tables.
const STATEMENTS = [
    'PREPARE take(text, text, date, date, bigint) AS
        INSERT INTO counters AS c (owner, limit_key, window_start, used)
        VALUES ($1, \'day\', $3, 1), ($1, \'month\', $4, 1), ($2, \'team\', $4, 1)
        ON CONFLICT (owner, limit_key) DO UPDATE
           SET used = CASE WHEN c.window_start = excluded.window_start THEN c.used ELSE 0 END + 1,
               window_start = excluded.window_start
         WHERE c.window_start <> excluded.window_start OR c.used + 1 <= $5
        RETURNING used',
    'PREPARE record(text, text, text, boolean, bigint[]) AS
        INSERT INTO decisions (subject, organization, feature, allowed, used) VALUES ($1, $2, $3, $4, $5)',
];
const AMOUNT = 1000000000;

function connection(): PDO {
    return new PDO(getenv('PEER_SOURCE'), getenv('PEER_USER'), getenv('PEER_PASSWORD'), [PDO::ATTR_PERSISTENT => true,
        PDO::ATTR_ERRMODE => PDO::ERRMODE_EXCEPTION, PDO::ATTR_EMULATE_PREPARES => true]);
}

function take(PDO $db, string $subject, string $organization): array {
    $day = gmdate('Y-m-d');
    $values = sprintf("EXECUTE take(%s, %s, '%s', '%s-01', %d)", $db->quote($subject), $db->quote($organization), $day,
        substr($day, 0, 7), AMOUNT);
    $db->exec('BEGIN');
    try {
        return $db->query($values)->fetchAll(PDO::FETCH_COLUMN);
    } catch (PDOException $error) {
        if ($error->getCode() !== '26000') throw $error;
    }
    // The first request on this connection.
    $db->exec('ROLLBACK');
    foreach (STATEMENTS as $statement) $db->exec($statement);
    $db->exec('BEGIN');
    return $db->query($values)->fetchAll(PDO::FETCH_COLUMN);
}

function allowed(string $subject): bool {
    $db = connection();
    $organization = 'org-' . (int) substr($subject, 2) % 100;
    $used = take($db, $subject, $organization);
    $fits = count($used) === 3;
    if (!$fits) $db->exec('ROLLBACK');
    $db->exec(sprintf("EXECUTE record(%s, %s, 'work', %s, '{%s}')", $db->quote($subject), $db->quote($organization),
        $fits ? 'true' : 'false', implode(',', $used)));
    if ($fits) $db->exec('COMMIT');
    return $fits;
}

header('Content-Type: text/plain; charset=utf-8');
if (!allowed($_COOKIE['subject'])) {
    http_response_code(429);
    echo "No more for today.\n";
    exit;
}
echo "Hello, world.\n";
