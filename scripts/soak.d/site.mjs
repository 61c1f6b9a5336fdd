// Load for scripts/soak.d/10-site: sixteen callers at once mix the API, pages and forms for SOAK_S seconds; the process SOAK_PID is
// looked at every second. Says what it saw; exit code 1 when an answer was wrong or the process grew.
import http from 'node:http';
import { readFileSync, readdirSync } from 'node:fs';

const { SOAK_S, SOAK_PID, WEBQUOTA_URL, WEBQUOTA_SITE, WEBQUOTA_KEY, WEBQUOTA_USER_FREE } = process.env;
const CALLERS = 16, SUBJECTS = 2000;
const KB_MAY_GROW = 16 * 1024, DESCRIPTORS_MAY_GROW = 8;
const agent = new http.Agent({ keepAlive: true, maxSockets: CALLERS });
const end = Date.now() + Number(SOAK_S) * 1000;
const seen = new Map(), samples = [];
const pick = (list) => list[Math.floor(Math.random() * list.length)];
const features = ['variant', 'get_solution', 'add_solution', 'menu_generation', 'review_analysis'];
const basic = 'Basic ' + Buffer.from(WEBQUOTA_USER_FREE).toString('base64');
const bearer = { Authorization: 'Bearer ' + WEBQUOTA_KEY };

function call(method, url, headers, body) {
  return new Promise((resolve) => {
    const request = http.request(url, { method, agent, headers }, (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode));
    });
    request.on('error', (error) => resolve(error.code));
    request.end(body);
  });
}

const subject = () => 'soak-' + Math.floor(Math.random() * SUBJECTS);
const json = (path, value) => call('POST', WEBQUOTA_URL + path, { ...bearer, 'Content-Type': 'application/json' }, JSON.stringify(value));
const work = {
  consume: () => json('/api/v1/consume', { subject: subject(), feature: pick(features) }),
  check: () => call('GET', `${WEBQUOTA_URL}/api/v1/check?subject=${subject()}&feature=${pick(features)}`, bearer),
  usage: () => call('GET', `${WEBQUOTA_URL}/api/v1/usage?subject=${subject()}`, bearer),
  malformed: () => json('/api/v1/consume', { subject: '', feature: 7 }),
  dashboard: () => call('GET', WEBQUOTA_URL + '/', { Authorization: basic, Accept: 'text/html' }),
  form: () => call('POST', WEBQUOTA_SITE + '/app/' + pick(features),
    { Authorization: basic, 'Content-Type': 'application/x-www-form-urlencoded' }, 'text=soup'),
};
const expected = {
  consume: [200, 429], check: [200], usage: [200], malformed: [400], dashboard: [200], form: [200, 403, 429],
};
const mix = ['consume', 'consume', 'consume', 'consume', 'check', 'usage', 'dashboard', 'malformed', 'form'];
let wrong = 0;

async function caller() {
  while (Date.now() < end) {
    const kind = pick(mix);
    const status = await work[kind]();
    const key = `${kind} ${status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
    if (!expected[kind].includes(status)) wrong++;
  }
}

function sample() {
  try {
    const status = readFileSync(`/proc/${SOAK_PID}/status`, 'utf8');
    samples.push({
      kb: Number(/VmRSS:\s+(\d+)/.exec(status)[1]), descriptors: readdirSync(`/proc/${SOAK_PID}/fd`).length,
    });
  } catch {
    wrong++;
  }
}

/* For whoever waits. */
function tell() {
  const calls = [...seen.values()].reduce((sum, times) => sum + times, 0), { kb, descriptors } = samples.at(-1) ?? {};
  console.log(`  ${Math.ceil((end - Date.now()) / 1000)} s to go: ${calls} calls, ${wrong} answers that should not be, ${kb} KB, ${descriptors} descriptors`);
}

const timer = setInterval(sample, 1000), teller = setInterval(tell, 10000);
await Promise.all(Array.from({ length: CALLERS }, caller));
clearInterval(timer);
clearInterval(teller);
agent.destroy();
sample();

// The first third fills caches and pools; from then on the most of a part must not rise.
const third = Math.floor(samples.length / 3);
const most = (part, of) => Math.max(...part.map((one) => one[of]));
const before = samples.slice(0, third + 1), after = samples.slice(third + 1);
console.log([...seen].sort().map(([key, times]) => `  ${key}: ${times}`).join('\n'));
for (const of of ['kb', 'descriptors']) console.log(`  ${of}: ${most(before, of)}, later ${most(after, of)}`);
if (wrong) console.log(`  ${wrong} answers that should not be`);
const grew = most(after, 'kb') - most(before, 'kb') > KB_MAY_GROW ||
  most(after, 'descriptors') - most(before, 'descriptors') > DESCRIPTORS_MAY_GROW;
if (grew) console.log('  the process grew');
process.exit(wrong || grew ? 1 : 0);
