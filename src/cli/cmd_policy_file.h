/* `webquota policy check`: what needs a policy file only, and no database. */
#ifndef WEBQUOTA_CMD_POLICY_FILE_H
#define WEBQUOTA_CMD_POLICY_FILE_H

#include "cli/cmd.h"
#include "policy/policy_read.h"

/* argv[0] is "check"; FILE…, --json, --help. 0: all are good; 1: a file is bad or cannot be read. */
int cmd_policy_check(int argc, char **argv);

/* The whole of a file, or of standard input for "-". NULL with *why (new string: "demo.conf: No such
 * file or directory") when it cannot be read, is larger than POLICY_TEXT_MAX or holds a NUL byte. */
char *policy_file_read(const char *path, char **why) MUST_CHECK;

/* The policy of such a file. NULL after printing every mistake. */
Policy *policy_file_policy(const char *path) MUST_CHECK;

#endif
