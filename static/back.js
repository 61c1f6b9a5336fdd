/* Comfort only: where the page before this one is the form, its link goes back in the browser's history, which keeps what was typed. */
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-back]");
  if (!link || history.length < 2 || document.referrer !== link.href) return;
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  history.back();
});
