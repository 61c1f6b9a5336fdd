// Between webquota and PostgreSQL: what was sent arrives and is done, and the answer to it is lost. So nobody can know
// whether it was committed but by looking.
import { chmodSync, existsSync, renameSync } from 'node:fs';
import net from 'node:net';

const READY_FOR_QUERY = Buffer.from([0x5a, 0, 0, 0, 5]); // and one byte more: the state of the transaction

/* Statements after whose answer something is committed: that by which decisions are recorded, with all that it comes with; and the one that
 * commits what an administrator changed. */
export const DECISION = 'decisions_write', CHANGE = '\0commit\0';

const is_whole = tail => tail.length >= 6 && tail.subarray(-6, -1).equals(READY_FOR_QUERY);

/** Takes the place of the socket in `folder` until it is told to end(). */
export class Wire {
    constructor(folder) {
        this.place = `${folder}/.s.PGSQL.5432`;
        this.real = `${folder}/real`;
        this.pairs = new Set();
        this.cut = 0;
        this.armed = undefined;
        this.server = net.createServer(client => this.join(client));
    }

    begin() {
        renameSync(this.place, this.real);
        return new Promise((resolve, reject) => {
            this.server.on('error', reject);
            this.server.listen(this.place, () => {
                chmodSync(this.place, 0o777);
                resolve();
            });
        });
    }

    join(client) {
        const database = net.connect(this.real);
        const pair = { client, database, doomed: false, tail: Buffer.alloc(0) };
        this.pairs.add(pair);
        const part = () => {
            this.pairs.delete(pair);
            client.destroy();
            database.destroy();
        };
        for (const one of [client, database]) one.on('error', part).on('close', part);
        client.on('data', data => {
            if (this.armed && data.includes(this.armed)) {
                pair.doomed = true;
                this.armed = undefined;
            }
            database.write(data);
        });
        database.on('data', data => {
            if (!pair.doomed) client.write(data);
            pair.tail = Buffer.concat([pair.tail, data]).subarray(-6);
            if (!pair.doomed || !is_whole(pair.tail)) return;
            this.cut++;
            part();
        });
    }

    /** The next decisions are recorded, or the next change is committed, and the answer is lost with the connection. */
    lose_next(deed = DECISION) { this.armed = deed; }

    async end() {
        for (const { client, database } of this.pairs) {
            client.destroy();
            database.destroy();
        }
        await new Promise(resolve => this.server.close(resolve));
        if (existsSync(this.real)) renameSync(this.real, this.place);
    }
}
