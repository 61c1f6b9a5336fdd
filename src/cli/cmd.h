/* The operator's commands: one function each, in one file a noun. main is a table of them. */
#ifndef WEBQUOTA_CMD_H
#define WEBQUOTA_CMD_H

#include "base/base.h"

/* Exit codes of `webquota`. */
enum { CMD_OK = 0, CMD_NO = 1, CMD_USAGE = 2, CMD_DOWN = 3 };

/* argv[0] is the command's name ("window"); results on stdout, complaints on stderr. Every command
 * knows --help, and --json where it prints a result. Returns an exit code. */
int cmd_window(int argc, char **argv);
int cmd_simulate(int argc, char **argv);
int cmd_template(int argc, char **argv);
int cmd_policy(int argc, char **argv);
int cmd_limit(int argc, char **argv);
int cmd_plan(int argc, char **argv);
int cmd_plan_grant(int argc, char **argv);
int cmd_feature(int argc, char **argv);
int cmd_route(int argc, char **argv);
int cmd_setting(int argc, char **argv);
int cmd_migrate(int argc, char **argv);
int cmd_subject(int argc, char **argv);
int cmd_organization(int argc, char **argv);
int cmd_override(int argc, char **argv);
int cmd_grant(int argc, char **argv);
int cmd_reset(int argc, char **argv);
int cmd_refund(int argc, char **argv);
int cmd_bulk(int argc, char **argv);
int cmd_usage(int argc, char **argv);
int cmd_report(int argc, char **argv);
int cmd_explain(int argc, char **argv);
int cmd_key(int argc, char **argv);
int cmd_account(int argc, char **argv);
int cmd_approval(int argc, char **argv);
int cmd_queue(int argc, char **argv);
int cmd_request(int argc, char **argv);
int cmd_audit(int argc, char **argv);
int cmd_rollup(int argc, char **argv);
int cmd_doctor(int argc, char **argv);

#endif
