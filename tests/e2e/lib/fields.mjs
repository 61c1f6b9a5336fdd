// The documented members of each answer, exactly.
export const DECISION = ['decision_id', 'allowed', 'outcome', 'feature', 'units', 'subject', 'subscription_tier',
    'current_usage',
    'limit', 'remaining', 'reset_date', 'window', 'message', 'limits', 'upgrade'];
export const REFUSAL = [...DECISION, 'type', 'title', 'status', 'detail', 'instance', 'error', 'violated-policies'];
export const RESERVATION = [...DECISION, 'reservation', 'expires_at'];
export const USAGE = ['subject', 'plan', 'organization', 'as_of', 'limits', 'changes'];
export const USAGE_LINE = ['limit', 'feature', 'title', 'unit', 'scope', 'window', 'timezone', 'period_start', 'period_end',
    'amount',
    'used', 'held', 'bonus', 'remaining', 'percent', 'state', 'resets_at', 'message', 'source'];
export const UPGRADE = ['plan', 'title', 'amount', 'url'];
export const SUBJECT = ['subject', 'plan', 'plan_until', 'plan_after', 'organization', 'timezone', 'anchor', 'email',
    'suspended',
    'created_at'];
export const OVERRIDE = ['id', 'override', 'subject', 'organization', 'feature', 'limit', 'amount', 'unlimited',
    'multiplier', 'expires_at',
    'reason', 'author', 'created_at'];
export const GRANT = ['id', 'grant', 'subject', 'organization', 'feature', 'amount', 'remaining', 'priority', 'effective_at',
    'expires_at',
    'every', 'reason', 'author', 'created_at'];
export const KEY = ['id', 'name', 'scopes', 'created_at', 'expires_at', 'revoked_at', 'last_used_at'];
