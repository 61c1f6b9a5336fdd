<?php
// Tells what webquota's authorizer has said to the program behind it.
header('Content-Type: application/json');
const TOLD = '/^(RateLimit.*|WEBQUOTA_(SUBJECT|CHARGED|ALLOWED|DECISION|RESERVATION|PLAN|REMAINING|RESET))$/';
echo json_encode(array_filter($_SERVER, fn ($name) => preg_match(TOLD, $name), ARRAY_FILTER_USE_KEY));
