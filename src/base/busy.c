/* Linux counts in ticks, of which there are a hundred a second and processor. */
#include "base/busy.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

bool busy_parse(const char *line, BusyTicks *ticks)
{
    long long user, nice, kernel, idle, io, irq, softirq, stolen;
    *ticks = (BusyTicks){0};
    if (sscanf(line, "cpu %lld %lld %lld %lld %lld %lld %lld %lld", &user, &nice, &kernel, &idle, &io, &irq, &softirq, &stolen) != 8)
        return false;
    *ticks = (BusyTicks){.idle = idle + io + nice, .all = user + nice + kernel + idle + io + irq + softirq + stolen};
    return true;
}

bool busy_read(BusyTicks *ticks)
{
    char line[256];
    *ticks = (BusyTicks){0};
    int fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return false;
    ssize_t length = read(fd, line, sizeof line - 1);
    close(fd);
    line[MAX(length, 0)] = '\0';
    return busy_parse(line, ticks);
}

double busy_idle_share(BusyTicks before, BusyTicks after)
{
    int64_t all = after.all - before.all;
    return all > 0 ? CLAMP((double)(after.idle - before.idle) / (double)all, 0.0, 1.0) : 1.0;
}
