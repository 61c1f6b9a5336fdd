<?php
// A page that knows nothing of limits.
header('Content-Type: text/plain; charset=utf-8');
echo "Hello, world.\n";
