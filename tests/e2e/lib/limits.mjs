// A policy with a limit of each kind, each on a feature of its own.
import { writeFileSync } from 'node:fs';

/* amounts that a check changes are parameters */
const policy = ({ lower = 5, change = 100 } = {}) => `
title = "Limits"
timezone = "UTC"
default_plan = "free"
anonymous_plan = "anonymous"

feature two { }
feature big { }
feature zero { }
feature pair { }
feature pair_part { parent = "pair" }
feature shade { }
feature over { }
feature roll { }
feature roll_more { }
feature trail { }
feature ever { }
feature anchored { }
feature weeks { }
feature local { }
feature late { }
feature lower { }
feature change { }
feature gift { }
feature pool { }
feature together { }
feature everyone { }
feature hold { }
feature one { }
feature other { }
feature warn { }
feature warn_three { }
feature heads { }
feature kept { }
feature fresh { }
feature quick { }
feature moved { }
feature cap { }

plan anonymous { rank = 0  limit two { feature = "two"  amount = 1  window = "day" } }

plan free { rank = 1  upgrade = "pro"
  limit two    { feature = "two"        amount = 2     window = "day" }
  limit big    { feature = "big"        amount = 2000  window = "day" }
  limit zero   { feature = "zero"       amount = 0     window = "day" }
  limit b      { feature = "pair"       amount = 10    window = "day" }
  limit a      { feature = "pair_part"  amount = 10    window = "day" }
  limit shade  { feature = "shade"      amount = 5     window = "day"   mode = "shadow" }
  limit over   { feature = "over"       amount = 2     window = "day"   on_exceed = "allow" }
  limit roll   { feature = "roll"       amount = 100   window = "day"   rollover = 50 }
  limit roll_more { feature = "roll_more"  amount = 400  window = "day"  rollover = 500 }
  limit trail  { feature = "trail"      amount = 3     window = "hour"  align = "rolling" }
  limit ever   { feature = "ever"       amount = 2     window = "lifetime" }
  limit anchored { feature = "anchored" amount = 2     window = "month" align = "anchor" }
  limit weeks  { feature = "weeks"      amount = 2     window = "28 day" }
  limit local  { feature = "local"      amount = 2     window = "day"   timezone = "subject" }
  limit late   { feature = "late"       amount = 2     window = "day"   day_starts = "06:00"  timezone = "Europe/Budapest" }
  limit lower  { feature = "lower"      amount = ${lower}    window = "day" }
  limit change { feature = "change"     amount = ${change}   window = "day" }
  limit gift   { feature = "gift"       amount = 0     window = "day" }
  limit cap    { feature = "cap"        amount = 10    window = "day" }
  limit cap_all { feature = "cap"       amount = 12    window = "day"   scope = "organization" }
  limit pool   { feature = "pool"       amount = 10    window = "day"   scope = "organization" }
  limit pool_own { feature = "pool"     amount = 8     window = "day" }
  limit together { feature = "together" amount = 3     window = "day"   scope = "plan" }
  limit everyone { feature = "everyone" amount = 4     window = "day"   scope = "site" }
  limit hold   { feature = "hold"       amount = 15    window = "day" }
  limit one    { feature = "one"        amount = 10    window = "day" }
  limit other  { feature = "other"      amount = 3     window = "day" }
  limit warn   { feature = "warn"       amount = 1000  window = "day"   warn_at = {50} }
  limit warn_three { feature = "warn_three"  amount = 100  window = "day"  warn_at = {15, 30, 50} }
  limit hour   { feature = "heads"      amount = 1000  window = "hour" }
  limit day    { feature = "heads"      amount = 5000  window = "day" }
  limit kept   { feature = "kept"       amount = 10    window = "day" }
  limit quick  { feature = "quick"      amount = 1     window = "minute" }
  limit moved  { feature = "moved"      amount = 10    window = "day" }
}
plan pro { rank = 2  inherits = "free"
  limit kept   { feature = "kept"       amount = 100   window = "day" }
  limit together { feature = "together" amount = 3     window = "day"   scope = "plan" }
}
plan newcomer { rank = 3
  limit fresh  { feature = "fresh"      amount = 10    window = "day" }
  grace { days = 7  multiplier = 2.5 }
}
`;

/** Puts the policy in force; `change` are other amounts. */
export async function apply(site, change) {
    const file = `${site.folder}/limits.conf`;
    writeFileSync(file, policy(change));
    await site.policy(file);
}

export const refund = (site, id, body) => site.api('POST', `/decisions/${id}/refund`, body ?? {});
export const hold = (site, subject, feature, more) => site.api('POST', '/reservations', { subject, feature, ...more });
export const settle = (site, id, how, body) => site.api('POST', `/reservations/${id}/${how}`, body ?? {});
