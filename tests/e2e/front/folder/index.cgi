#!/usr/bin/perl
# Tells the environment that a web server gives to a program behind it, and the body that it read.
use strict;
use warnings;
binmode STDOUT;
my $body = '';
read STDIN, $body, $ENV{CONTENT_LENGTH} || 0;
print "Content-Type: text/plain\r\n\r\n";
print map({ my $value = $ENV{$_}; $value =~ s/\n/\\n/g; "$_=$value\n" } sort keys %ENV), "\n", length $body, " bytes\n";
