// The limits that are called on, as a list: the policy's text is made of it, and the checker knows them by it.

export const FEATURES = {
    one: null, few: null, team: null, everyone: null, tight: null, pool: null, own: null,
    call: null, special: 'call', bent: null, shifting: null, rolling: null, saved: null, wide: null, calm: null,
    single_org: null, single_plan: null, single_site: null, ten_org: null, ten_plan: null, ten_site: null, hundred: null,
    hundred_plan: null, hundred_site: null, ample: null, ample_plan: null,
};

/* Amounts of 1, 10, 100 and 10,000 in every scope, and others. `changes`: the amount under the other policy. `bends`: overrides and grants are
 * made for it. `whole`: nothing is ever given back, so that it is filled exactly. */
export const LIMITS = [
    { key: 'one', feature: 'one', scope: 'subject', window: 'day', amount: 1, warn: [100] },
    { key: 'few', feature: 'few', scope: 'subject', window: 'hour', amount: 10, warn: [50, 80, 100] },
    { key: 'few_plan', feature: 'few', scope: 'plan', window: 'hour', amount: 150, warn: [50, 100] },
    { key: 'team', feature: 'team', scope: 'subject', window: 'hour', amount: 40, warn: [80] },
    { key: 'team_all', feature: 'team', scope: 'organization', window: 'hour', amount: 100, warn: [50, 80, 100] },
    { key: 'everyone', feature: 'everyone', scope: 'subject', window: 'day', amount: 1000, warn: [15, 30, 50] },
    { key: 'everyone_org', feature: 'everyone', scope: 'organization', window: 'month', amount: 3000, warn: [50] },
    { key: 'everyone_all', feature: 'everyone', scope: 'site', window: 'month', amount: 10000, warn: [50, 80, 100] },
    { key: 'tight', feature: 'tight', scope: 'site', window: 'minute', amount: 7, warn: [100] },
    { key: 'pool', feature: 'pool', scope: 'site', window: 'lifetime', amount: 2000, warn: [50, 100], whole: true },
    { key: 'pool_plan', feature: 'pool', scope: 'plan', window: 'lifetime', amount: 1200, warn: [100], whole: true },
    { key: 'own', feature: 'own', scope: 'subject', window: 'lifetime', amount: 25, warn: [80, 100], whole: true },
    { key: 'call', feature: 'call', scope: 'subject', window: 'hour', amount: 60, warn: [80] },
    { key: 'call_org', feature: 'call', scope: 'organization', window: 'day', amount: 700, warn: [80] },
    { key: 'special', feature: 'special', scope: 'subject', window: 'hour', amount: 25, warn: [100] },
    { key: 'special_plan', feature: 'special', scope: 'plan', window: 'day', amount: 900, warn: [50] },
    { key: 'bent', feature: 'bent', scope: 'subject', window: 'hour', amount: 120, bends: true },
    { key: 'bent_team', feature: 'bent', scope: 'organization', window: 'hour', amount: 300, bends: true },
    { key: 'shifting', feature: 'shifting', scope: 'subject', window: 'hour', amount: 30, changes: 50 },
    { key: 'shifting_all', feature: 'shifting', scope: 'site', window: 'hour', amount: 500, changes: 300 },
    { key: 'rolling', feature: 'rolling', scope: 'subject', window: 'hour', align: 'rolling', amount: 15 },
    { key: 'rolling_all', feature: 'rolling', scope: 'site', window: 'hour', align: 'rolling', amount: 220 },
    { key: 'wide', feature: 'wide', scope: 'subject', window: 'hour', amount: 700, warn: [80] },
    { key: 'wide_org', feature: 'wide', scope: 'organization', window: 'hour', amount: 600, warn: [50] },
    { key: 'wide_all', feature: 'wide', scope: 'site', window: 'hour', amount: 4000, warn: [90] },
    { key: 'calm', feature: 'calm', scope: 'subject', window: 'day', amount: 800, warn: [100] },
    { key: 'calm_org', feature: 'calm', scope: 'organization', window: 'day', amount: 1000, warn: [90] },
    { key: 'saved', feature: 'saved', scope: 'subject', window: 'hour', amount: 10, rollover: 15 },
    { key: 'single_org', feature: 'single_org', scope: 'organization', window: 'minute', amount: 1 },
    { key: 'single_plan', feature: 'single_plan', scope: 'plan', window: 'minute', amount: 1, warn: [100] },
    { key: 'single_site', feature: 'single_site', scope: 'site', window: 'minute', amount: 1 },
    { key: 'ten_org', feature: 'ten_org', scope: 'organization', window: 'hour', amount: 10, warn: [50] },
    { key: 'ten_plan', feature: 'ten_plan', scope: 'plan', window: 'minute', amount: 10 },
    { key: 'ten_site', feature: 'ten_site', scope: 'site', window: 'minute', amount: 10, warn: [80, 100] },
    { key: 'hundred', feature: 'hundred', scope: 'subject', window: 'day', amount: 100, warn: [50] },
    { key: 'hundred_plan', feature: 'hundred_plan', scope: 'plan', window: 'hour', amount: 100 },
    { key: 'hundred_site', feature: 'hundred_site', scope: 'site', window: 'hour', amount: 100, warn: [90] },
    { key: 'ample', feature: 'ample', scope: 'subject', window: 'month', amount: 10000, warn: [10] },
    { key: 'ample_org', feature: 'ample', scope: 'organization', window: 'day', amount: 10000, warn: [90] },
    { key: 'ample_plan', feature: 'ample_plan', scope: 'plan', window: 'hour', amount: 10000, warn: [50] },
];

const PLANS = ['basic', 'plus'];

function limit_text(limit, other) {
    const warn = limit.warn ? `  warn_at = {${limit.warn.map(percent => `"${percent}"`).join(', ')}}` : '';
    return `  limit ${limit.key} { feature = "${limit.feature}"  amount = ${other && limit.changes || limit.amount}  window = "${limit.window}"` +
        `  scope = "${limit.scope}"${limit.align ? `  align = "${limit.align}"` : ''}` +
        `${limit.rollover ? `  rollover = ${limit.rollover}` : ''}${warn} }`;
}

/** The policy, or the other one. */
export function policy_text(other) {
    const features = Object.entries(FEATURES).map(([key, parent]) =>
        `feature ${key} {${parent ? `  parent = "${parent}"  resources = {"s-*"}` : ''} }`);
    const plans = PLANS.map((plan, rank) =>
        `plan ${plan} {\n  rank = ${rank}\n${LIMITS.map(limit => limit_text(limit, other)).join('\n')}\n}`);
    return ['title = "Load"', 'timezone = "UTC"', 'default_plan = "basic"', 'anonymous_plan = "basic"', ...features, ...plans, ''].join('\n');
}
