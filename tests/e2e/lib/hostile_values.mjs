// What is wrong for a field of each type, as it stands in JSON (text or bytes) and in a query (percent-encoded); and texts
// that mean something to SQL, HTML, a shell or a template.
// A value is [what, how it is written, what the refusal names]: 'field', or 'body' where the JSON itself is broken.

const long = (count, letter = 'a') => letter.repeat(count);
const quoted = text => JSON.stringify(text);
const bytes = (...list) => Buffer.from([0x22, 0x61, ...list, 0x62, 0x22]);

/* Characters that no text may hold: C0, DEL, C1, separators, and those that turn the direction of what is read. */
const CONTROLS = [0x01, 0x07, 0x08, 0x09, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x061c, 0x200e, 0x200f,
    0x2028, 0x2029,
    0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069, 0xfeff];
const named = code => `U+${code.toString(16).padStart(4, '0')}`;

/* Bytes that are no UTF-8. */
const NO_UTF8 = { 'a byte ff': [0xff], 'a byte fe': [0xfe], 'a lone continuation': [0x80], 'an overlong slash': [0xc0, 0xaf],
    'an overlong NUL': [0xc0, 0x80], 'an overlong slash of 3 bytes': [0xe0, 0x80, 0xaf],
        'an overlong slash of 4 bytes': [0xf0, 0x80, 0x80, 0xaf],
    'a surrogate': [0xed, 0xa0, 0x80], 'a surrogate pair': [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80], 'beyond U+10FFFF': [0xf4,
        0x90, 0x80, 0x80],
    'a sequence cut off': [0xe2, 0x82], 'five bytes': [0xf8, 0x88, 0x80, 0x80, 0x80], 'Latin-1': [0xe9] };

const broken_text = [...Object.entries(NO_UTF8).map(([what, list]) => [what, bytes(...list), 'body']),
    ['an escaped NUL', '"a\\u0000b"', 'body'], ['a raw NUL', bytes(0), 'body'], ['a raw line end', bytes(10), 'body'],
    ['a high surrogate alone', '"\\ud800"', 'body'], ['a low surrogate alone', '"\\udc00"', 'body'],
    ['a surrogate pair the wrong way round', '"\\udc00\\ud800"', 'body'], ['half an escape', '"\\u00"', 'body'],
        ['an unknown escape', '"\\x41"', 'body'],
    ['single quotes', "'a'", 'body'], ['no quotes', 'a', 'body'], ['no end', '"a', 'body']];
const broken_number = ['NaN', 'Infinity', '-Infinity', '0x10', '01', '+1', '.5', '5.', '1_000', '1e', '1,5', '--1', '1;2',
    '1 2', '٣']
    .map(text => [text, text, 'body']);

const others = wanted => Object.entries({ text: '"1"', number: '7', truth: 'true', list: '["a"]', object: '{"a":1}' })
    .filter(([kind]) => kind !== wanted).map(([kind, value]) => [`a ${kind} (${value})`, value, 'field']);
const wrong = list => list.map(value => [value.length > 30 ? `${value.slice(0, 30)}…` : value, value, 'field']);

const LARGEST = 9007199254740991;

function wrong_text({ min, max }) {
    return [...others('text'), ...(min > 0 ? [['empty', '""', 'field']] : []), [`${max + 1} bytes`, quoted(long(max + 1)),
        'field'],
        ['letters of 3 bytes', quoted(long(Math.floor(max / 3) + 1, '€')), 'field'], ['65000 bytes', quoted(long(65000)),
            'field'],
        ...CONTROLS.map(code => [named(code), quoted(`a${String.fromCodePoint(code)}b`), 'field']), ...broken_text];
}

function wrong_whole({ min, max }) {
    return [...others('number'), ...wrong([String(min - 1), '-1', '-9007199254740993', '-9223372036854775808',
        '-9223372036854775809', String(max + 1),
        '9007199254740992', '9223372036854775807', '9223372036854775808', '18446744073709551616', long(40, '9'), '1.5',
            '1.0', '0.1', '1e0', '1e3', '1E308', '-0.0',
        '"1; drop table x"', '"0x10"', '"1e3"', '"∞"', '""', '"null"']), ...broken_number,
        ['1e400', '1e400', 'body']];
}

function wrong_number({ max }) {
    return [...others('number'), ...wrong(['-1', '-0.001', '-1e300', String(max + 1), '1e300', '"NaN"', '"2"', '""']),
        ...broken_number,
        ['1e400', '1e400', 'body']];
}

const TIMES = ['', 'yesterday', 'now', 'now()', 'infinity', '-infinity', 'epoch', '2026', '2026-02-30T00:00:00Z',
    '2026-13-01T00:00:00Z', '2026-00-10',
    '2026-05-00', '2026-05-01T25:00:00Z', '2026-05-01T00:60:00Z', '2026-05-01T00:00:00', '2026-05-01T00:00:00+99:00',
        '2026-05-01T00:00:00Z; drop', ' 2026-05-01',
    '2026-05-01 ', '99999-01-01T00:00:00Z', '-0001-01-01T00:00:00Z', '٢٠٢٦-٠٥-٠١', '1893456000', "2026-05-01'",
        '<b>2026-05-01</b>'];

const wrong_time = () => [...others('text'), ...wrong(TIMES.map(quoted)), ...broken_text];

const WRONG = {
    text: wrong_text,
    whole: wrong_whole,
    number: wrong_number,
    flag: () => [...others('truth'), ...wrong(['0', '1', '"true"', '"yes"', '""', '[]', '[true]']), ['TRUE', 'TRUE',
        'body'], ['True', 'True', 'body']],
    time: wrong_time,
    until: wrong_time,
    object: ({ max }) => [...others('object'), ...wrong(['[]', '""', '0', 'false']), ['too large', quoted({ a: long(max) }),
        'field'],
        ['17 levels', `${long(17, '{"a":')}1${long(17, '}')}`, 'body'], ['17 levels of lists',
            `{"a":${long(17, '[')}1${long(17, ']')}}`, 'body'],
        ['10000 levels', `${long(10000, '{"a":')}1${long(10000, '}')}`, 'body'], ['30000 lists',
            `{"a":${long(30000, '[')}${long(30000, ']')}}`, 'body'],
        ['a member twice', '{"a":1,"a":2}', 'body'], ['NUL in a name', '{"a\\u0000":1}', 'body'], ['NUL in a value',
            '{"a":"\\u0000"}', 'body'],
        ['half a surrogate', '{"a":"\\ud800"}', 'body'], ['no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31,
            0x7d]), 'body'],
        ['1e400', '{"a":1e400}', 'body'], ['a comma too many', '{"a":1,}', 'body'], ['a comment', '{"a":1/**/}', 'body'],
            ['no end', '{"a":1', 'body']],
    /* Any value is good, but not alone. */
    any: () => [...others('nothing'), ...broken_text, ['17 levels', `${long(17, '[')}${long(17, ']')}`, 'body']],
    list: ({ max }) => [...others('list'), ...wrong(['{}', '""', '"a"', 'true', '0', '[]']), [`${max + 1} elements`,
        JSON.stringify(Array(max + 1).fill('a')), 'field'],
        ['10000 levels', `${long(10000, '[')}${long(10000, ']')}`, 'body'], ['a comma too many', '["a",]', 'body']],
};

/** What is wrong for a field in JSON. `field`: {type, min, max, required}. */
export function wrong_in_body(field) {
    return [...WRONG[field.type](field), ...(field.required ? [['null', 'null', 'field']] : [])];
}

/* In a query; lighttpd refuses some of it before webquota sees it, and then names nothing. */
const NOT_IN_QUERY = ['%00', '%01', '%07', '%0a', '%0d%0aX-Injected:%201', '%1b', '%7f', '%c2%85', '%e2%80%ae', '%e2%80%a8',
    '%ef%bb%bf', '%ff', '%c0%af', '%c0%80',
    '%ed%a0%80', '%f4%90%80%80', '%e2%82'];

const IN_QUERY = {
    text: ({ max }) => [['empty', '', 'field'], [`${max + 1} bytes`, long(max + 1), 'field'], ['letters of 3 bytes',
        long(Math.floor(max / 3) + 1, '%e2%82%ac'), 'field'],
        ...NOT_IN_QUERY.map(text => [text, `a${text}b`, 'query'])],
    whole: ({ min }) => [...[String(min - 1), '-1', '', '%20', '%201', '1%20', '%2b1', '+1', '01', '0x10', '1.0', '1.5',
        '1e3', '1,5', '1_000', 'NaN', 'null', 'true', '[1]', '%d9%a3',
        String(LARGEST + 1), '9223372036854775807', '9223372036854775808', '18446744073709551616', long(40, '9'), '1%27',
            '1%3b--', '1)'].map(text => [text, text, 'field']),
        ...NOT_IN_QUERY.map(text => [text, `1${text}`, 'query'])],
};

export const wrong_in_query = field => IN_QUERY[field.type](field);

/** Valid texts that mean something to somebody: taken as they are, or refused as naming nothing. At most 64 bytes. */
export const MEANINGFUL = ["'; drop table webquota.decisions; --", "' or '1'='1", "1); delete from webquota.subjects; --",
    '$$; select pg_sleep(9); $$',
    "\\'; rollback; --", "%' or key like '%", '{"$gt":""}', "' union select key from webquota.api_keys --", '(select 1/0)',
        ':subject', '$1', '?',
    '<script>alert(1)</script>', '"><img src=x onerror=alert(1)>', "'><svg/onload=alert(1)>",
        '</title><script>alert(1)</script>', 'javascript:alert(1)',
    '<!--#exec cmd="id"-->', '&lt;script&gt;', '&#x3c;b&#x3e;', '{{{who}}}', '{{#limits}}{{/limits}}', '{{> page}}',
        '${7*7}', '<%= 7*7 %>', '%s%n%x%p', '`id`', '$(id)',
    '| id', '../../../../etc/passwd', 'file:///etc/passwd', '\\\\host\\share', "=cmd|' /C calc'!A0", 'C:\\x', 'a\u00a0b',
        'ＡＤＭＩＮ', 'аdmin', 'null', 'undefined', 'true', '0', '-1', 'NaN',
    '𝕏', '\u{10ffff}', '\ufffd', 'e\u0301\u0301\u0301', '\u200b', '👩‍👩‍👧'];

/* What must not stand in a page as it was written. */
export const RAW_IN_PAGE = ['<script>alert', '<img src=x', '<svg/onload', '<!--#exec'];

/** Ids of nothing: [how it stands in the address, the status]. */
export const NO_IDS = [['X', 404], ['dec_', 404], ['dec_AAAA', 404], ['res_AAAA', 404], ['dec_AQEABmDhW9avMWVd0QIWlr4N',
    404], ['0', 404], ['-1', 404], ['+1', 404],
    ['1.0', 404], ['1e3', 404], ['0x1', 404], ['9223372036854775807', 404], ['9223372036854775808', 404], [long(40, '9'),
        404], ['null', 404], ['*', 404],
    [long(256), 404], [long(1500), 404], [long(2100), 400], ["'%20or%20'1'='1", 404], ['1;select%201', 404],
        ['1%20or%201=1', 404], ['<script>alert(1)</script>', 404],
    ['%22%3e%3cimg%20src=x%20onerror=alert(1)%3e', 404], ['{{{who}}}', 404], ['%25s%25n', 404], ['%e2%82%ac', 404], ['%00',
        400], ['1%00', 400], ['%0a', 400], ['1%0d%0aX-Injected:%201', 400],
    ['%1b', 400], ['%7f', 400], ['%ff', 400], ['%c0%af', 400], ['%ed%a0%80', 403], ['%e2%80%ae', 400], ['%e2%80%a8', 400],
        ['%c2%85', 400], ['%ef%bb%bf', 400], ['dec_%5c', 404], ['%5c..%5c', 404],
    ['..;', 404], ['%252e%252e', 404], ['%25', 404], ['%zz', 404], ['%u0041', 404]];
