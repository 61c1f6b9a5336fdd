#!/usr/bin/perl
# The Restaurant Desk. One CGI program, no modules, as many were written around 2003 and are still in use.
# It shows a form for each kind of work, and writes what is sent to it into a file.
use strict;
use warnings;

my $BASE   = $ENV{SCRIPT_NAME} || '';
my $FOLDER = $ENV{APP_DATA}    || '/var/lib/restaurant-desk';
my $BOOK   = "$FOLDER/saved.txt";
my $MOST   = 65536;

# path, title, label of the field, button
my @FORMS = (
    ['menu_generation',         'Generate a menu',            'Dishes you would like',     'Generate'],
    ['menu_upload',             'Upload a menu',              'Text of the menu',          'Upload'],
    ['invoice_upload',          'Upload an invoice',          'Text of the invoice',       'Upload'],
    ['review_analysis',         'Analyse a review',           'Text of the review',        'Analyse'],
    ['premium_review_analysis', 'Analyse a review in depth',  'Text of the review',        'Analyse'],
    ['menu_comparison',         'Compare with a competitor',  'Name of the competitor',    'Compare'],
    ['message',                 'Ask the assistant',          'Your message',              'Send'],
    ['summary',                 'Summarize a text',           'Text',                      'Summarize'],
    ['get_solution',            'Get a solution',             'Name of the problem',       'Get'],
    ['add_solution',            'Add a solution',             'Your solution',             'Add'],
    ['variant',                 'Make a variant',             'Name of the problem',       'Make'],
);
my %FORM   = map { $_->[0] => $_ } @FORMS;
my @MODELS = ('gemini-2.0-flash', 'claude-3-haiku', 'claude-3.7-sonnet', 'claude-sonnet-4', 'claude-opus-4');

my %query = parameters($ENV{QUERY_STRING});
my ($page) = ($ENV{PATH_INFO} || '') =~ m{^/(\w*)$};
my $method = $ENV{REQUEST_METHOD} || 'GET';

if    (!defined $page || ($page ne '' && !$FORM{$page})) { problem('404 Not Found', 'There is no such page.') }
elsif ($page eq '')      { home() }
elsif ($method eq 'POST') { save($FORM{$page}) }
else                     { form_page($FORM{$page}) }

sub home {
    head('Restaurant Desk');
    form($_) for @FORMS;
    book();
    foot();
}

sub form_page {
    my ($form) = @_;
    head($form->[1]);
    form($form);
    print qq{<p><a href="$BASE/">All forms</a></p>\n};
    foot();
}

sub save {
    my ($form) = @_;
    my $length = $ENV{CONTENT_LENGTH} || 0;
    return problem('413 Content Too Large', 'That is too long for one entry.') if $length > $MOST;
    my $body = '';
    read STDIN, $body, $length if $length;
    my %field = parameters($body);
    my $text = defined $field{text} ? $field{text} : '';
    return problem('400 Bad Request', 'Nothing was written in the form.') if $text !~ /\S/;
    my $what = $form->[0] eq 'message' && $query{model} ? "message to $query{model}" : $form->[0];
    write_down($what, $text) or return problem('500 Internal Server Error', 'The book cannot be written.');
    head('Saved');
    print '<p class="saved"><b>Saved:</b> ', escape("$form->[1]: $text"), "</p>\n",
        qq{<p><a href="$BASE/">All forms</a></p>\n};
    book();
    foot();
}

# One line an entry: time, name, kind, text.
sub write_down {
    my @entry = (scalar gmtime, defined $ENV{REMOTE_USER} ? $ENV{REMOTE_USER} : '-', @_);
    for (@entry) { s/[\t\r\n]+/ /g }
    open my $book, '>>', $BOOK or return 0;
    flock $book, 2;
    print {$book} join("\t", @entry), "\n";
    return close $book;
}

sub book {
    my @lines;
    if (open my $book, '<', $BOOK) { @lines = <$book> }
    print qq{<h2>The book</h2>\n};
    return print qq{<p>Nothing has been saved so far.</p>\n} unless @lines;
    @lines = reverse @lines > 12 ? @lines[-12 .. -1] : @lines;
    print qq{<table border="1" cellpadding="4" cellspacing="0">\n},
        qq{<tr><th>When (UTC)</th><th>Who</th><th>What</th><th>Text</th></tr>\n};
    for (@lines) {
        chomp;
        print '<tr>', (map { '<td>' . escape(shortened($_)) . '</td>' } split /\t/, $_, 4), "</tr>\n";
    }
    print "</table>\n";
}

# Cut between two characters of UTF-8.
sub shortened {
    my ($text) = @_;
    return $text if length $text <= 80;
    $text = substr $text, 0, 80;
    $text =~ s/[\xC0-\xFF][\x80-\xBF]*\z//;
    return "$text...";
}

sub form {
    my ($name, $title, $label, $button) = @{$_[0]};
    my $model = $query{model} && grep({ $_ eq $query{model} } @MODELS) ? $query{model} : $MODELS[0];
    my $action = "$BASE/$name" . ($name eq 'message' ? "?model=$model" : '');
    print qq{<fieldset id="$name"><legend>}, escape($title), qq{</legend>\n};
    choose_model($model) if $name eq 'message';
    print qq{<form method="post" action="}, escape($action), qq{">\n},
        qq{<label>}, escape($label), qq{: <input name="text" size="40" maxlength="2000" required></label>\n},
        qq{<input type="submit" value="}, escape($button), qq{">\n</form></fieldset>\n};
}

sub choose_model {
    my ($model) = @_;
    print qq{<form method="get" action="$BASE/message"><label>Model: <select name="model">},
        (map { sprintf '<option%s>%s</option>', $_ eq $model ? ' selected' : '', escape($_) } @MODELS),
        qq{</select></label>\n<input type="submit" value="Choose"></form>\n};
}

sub head {
    my ($title, $status) = @_;
    my $who = defined $ENV{REMOTE_USER} && $ENV{REMOTE_USER} ne ''
        ? 'Signed in as <b>' . escape($ENV{REMOTE_USER}) . '</b> | <a href="/signout">Sign out</a>'
        : '<a href="/signin">Sign in</a>';
    my $shown = escape($title);
    print "Status: $status\r\n" if $status;
    print "Content-Type: text/html; charset=utf-8\r\nCache-Control: no-store\r\n\r\n", <<"END";
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>$shown</title>
<link rel="stylesheet" href="/style.css">
</head>
<body>
<p class="bar"><a href="$BASE/">Restaurant Desk</a> | <a href="/quota/">Your usage</a> | $who</p>
<h1>$shown</h1>
END
}

sub foot { print "<hr>\n<address>Restaurant Desk 1.4</address>\n</body>\n</html>\n" }

sub problem {
    my ($status, $text) = @_;
    head((split / /, $status, 2)[1], $status);
    print '<p>', escape($text), qq{</p>\n<p><a href="$BASE/">All forms</a></p>\n};
    foot();
}

sub escape {
    my ($text) = @_;
    my %entity = ('&' => '&amp;', '<' => '&lt;', '>' => '&gt;', '"' => '&quot;', "'" => '&#39;');
    $text =~ s/([&<>"'])/$entity{$1}/g;
    return $text;
}

sub parameters {
    my ($text) = @_;
    my %value;
    for (split /[&;]/, defined $text ? $text : '') {
        my ($key, $value) = map { tr/+/ /; s/%([0-9A-Fa-f]{2})/chr hex $1/ge; $_ } split /=/, $_, 2;
        $value{$key} = $value if defined $key && !exists $value{$key};
    }
    return %value;
}
