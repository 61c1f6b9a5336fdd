// What an application for codes does (RFC 6238): six digits from a secret in base32, for 30 seconds each.
import { createHmac } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

function bytes_of(base32) {
    const bits = [...base32.replaceAll(' ', '')].map(letter => LETTERS.indexOf(letter).toString(2).padStart(5, '0')).join('');
    return Buffer.from(bits.match(/.{8}/g).map(byte => parseInt(byte, 2)));
}

/** The code at that time, in seconds since 1970. */
export function totp(base32, at_s) {
    const counter = Buffer.alloc(8);
    counter.writeBigUInt64BE(BigInt(Math.floor(at_s / 30)));
    const mac = createHmac('sha1', bytes_of(base32)).update(counter).digest(), offset = mac[19] & 15;
    return String((mac.readUInt32BE(offset) & 0x7fffffff) % 1000000).padStart(6, '0');
}
