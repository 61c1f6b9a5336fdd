<?php
// The page that keeps its own three counters in Redis, as well as PHP can: a connection that stays, one script that checks all
// three and adds to all or none.
declare(strict_types=1);

const SCRIPT = <<<'LUA'
for i, key in ipairs(KEYS) do
  if tonumber(redis.call('get', key) or '0') + 1 > tonumber(ARGV[2 * i - 1]) then return 0 end
end
for i, key in ipairs(KEYS) do
  if redis.call('incr', key) == 1 then redis.call('expire', key, ARGV[2 * i]) end
end
return 1
LUA;
const AMOUNT = 1000000000;

function allowed(string $subject): bool {
    $redis = new Redis();
    $redis->pconnect(getenv('PEER_REDIS'));
    $organization = (int) substr($subject, 2) % 100;
    $day = gmdate('Y-m-d');
    $month = substr($day, 0, 7);
    $arguments = ["day:$day:$subject", "month:$month:$subject", "team:$month:$organization",
        AMOUNT, 86400, AMOUNT, 31 * 86400, AMOUNT, 31 * 86400];
    $answer = $redis->evalSha(sha1(SCRIPT), $arguments, 3);
    if ($answer === false && str_contains((string) $redis->getLastError(), 'NOSCRIPT')) {
        $redis->clearLastError();
        $answer = $redis->eval(SCRIPT, $arguments, 3);
    }
    return $answer === 1;
}

header('Content-Type: text/plain; charset=utf-8');
if (!allowed($_COOKIE['subject'])) {
    http_response_code(429);
    echo "No more for today.\n";
    exit;
}
echo "Hello, world.\n";
