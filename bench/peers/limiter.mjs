// limiter.mjs postgres|redis PORT WORKERS: the peer in Node.js. Answers POST /consume {"subject", "feature"} with 200 or 429 by
// three limits of rate-limiter-flexible, each consumed as its manual says; the three at once, since none waits for another.
// GET /total says how many units the limit of a day has counted, by which the bench sees that it did.
import cluster from 'node:cluster';
import http from 'node:http';

const [store, port, workers] = [process.argv[2], Number(process.argv[3]), Number(process.argv[4])];
const AMOUNT = 1000000000, DAY_S = 86400, MONTH_S = 30 * DAY_S, ORGANIZATIONS = 100;
// Of node-postgres; more gave no more.
const POOL = 20;

async function limiters_postgres() {
    const { default: pg } = await import('pg');
    const { RateLimiterPostgres } = await import('rate-limiter-flexible');
    const pool = new pg.Pool({ connectionString: process.env.PEER_DATABASE_URL, max: POOL });
    pool.on('error', error => console.error(error.message));
    const limiter = (keyPrefix, duration) => new Promise((resolve, reject) => {
        const made = new RateLimiterPostgres({ storeClient: pool, points: AMOUNT, duration, keyPrefix },
            error => error ? reject(error) : resolve(made));
    });
    const limits = [await limiter('day', DAY_S), await limiter('month', MONTH_S), await limiter('team', MONTH_S)];
    return { limits, total: async () => Number((await pool.query('select coalesce(sum(points), 0) as total from day')).rows[0].total) };
}

async function limiters_redis() {
    const { Redis } = await import('ioredis');
    const { RateLimiterRedis } = await import('rate-limiter-flexible');
    // Automatic pipelining made it slower by a little.
    const redis = new Redis({ path: process.env.PEER_REDIS });
    redis.on('error', error => console.error(error.message));
    const limiter = (keyPrefix, duration) => new RateLimiterRedis({ storeClient: redis, points: AMOUNT, duration, keyPrefix });
    const total = async () => {
        const keys = await redis.keys('day:*');
        return keys.length ? (await redis.mget(keys)).reduce((sum, value) => sum + Number(value), 0) : 0;
    };
    return { limits: [limiter('day', DAY_S), limiter('month', MONTH_S), limiter('team', MONTH_S)], total };
}

function answer(response, status, value) {
    const text = JSON.stringify(value);
    response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text), 'Cache-Control': 'no-store' });
    response.end(text);
}

async function consume(limits, text, response) {
    const { subject, feature } = JSON.parse(text);
    const organization = `org-${Number(subject.slice(2)) % ORGANIZATIONS}`;
    try {
        const [day, month, team] = await Promise.all(
            [limits[0].consume(subject), limits[1].consume(subject), limits[2].consume(organization)]);
        answer(response, 200, { allowed: true, feature, subject, remaining: Math.min(day.remainingPoints, month.remainingPoints, team.remainingPoints) });
    } catch (reason) {
        if (reason instanceof Error) answer(response, 500, { error: reason.message });
        else answer(response, 429, { allowed: false, retry_after: Math.ceil(reason.msBeforeNext / 1000) });
    }
}

async function serve() {
    const { limits, total } = await (store === 'postgres' ? limiters_postgres() : limiters_redis());
    http.createServer((request, response) => {
        if (request.url.endsWith('/total'))
            return void total().then(sum => answer(response, 200, { total: sum }), error => answer(response, 500, { error: error.message }));
        let text = '';
        request.setEncoding('utf8');
        request.on('data', part => { text += part; });
        request.on('end', () => consume(limits, text, response));
    }).listen(port, '127.0.0.1', 1024);
}

if (workers > 1 && cluster.isPrimary) {
    for (let i = 0; i < workers; i++) cluster.fork();
    process.on('SIGTERM', () => process.exit(0));
} else {
    process.on('disconnect', () => process.exit(0));
    await serve();
}
