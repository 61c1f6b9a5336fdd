# `make install DESTDIR= PREFIX=/usr/local`: programs, what they read at run time, samples for servers, manual pages.
BINDIR     = $(DESTDIR)$(PREFIX)/bin
LIBEXECDIR = $(DESTDIR)$(PREFIX)/libexec
SHAREDIR   = $(DESTDIR)$(SHARE)
MANDIR     = $(DESTDIR)$(PREFIX)/share/man

.PHONY: install
install: all
	install -d $(BINDIR) $(LIBEXECDIR) $(SHAREDIR)
	install -m 755 $(BUILD)/webquota $(BINDIR)/
	install -m 755 $(BUILD)/webquota.fcgi $(LIBEXECDIR)/
	for kind in templates static deploy/policies deploy/lighttpd deploy/apache deploy/nginx; do \
	    install -d $(SHAREDIR)/$$kind && find $$kind -maxdepth 1 -type f -exec install -m 644 -t $(SHAREDIR)/$$kind {} + || exit 1; \
	done
	install -d $(SHAREDIR)/deploy/systemd
	for unit in deploy/systemd/*; do \
	    sed 's|@PREFIX@|$(PREFIX)|g' $$unit >$(SHAREDIR)/deploy/systemd/$${unit##*/} || exit 1; \
	done
	for page in $(wildcard docs/man/*.[1-8]); do \
	    install -d $(MANDIR)/man$${page##*.} && install -m 644 $$page $(MANDIR)/man$${page##*.}/ || exit 1; \
	done
