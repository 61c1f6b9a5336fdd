// Lighthouse's word on a page that a server gives: accessibility and best practices, of which nothing less than all counts.
import lighthouse from "lighthouse";

const SETTINGS = {
  onlyCategories: ["accessibility", "best-practices"],
  formFactor: "desktop",
  screenEmulation: { disabled: true },
  throttlingMethod: "simulate", // throttles nothing, and with anything else Lighthouse makes each of the waits below five seconds
  disableFullPageScreenshot: true,
  pauseAfterFcpMs: 0,
  pauseAfterLoadMs: 0,
  networkQuietThresholdMs: 0,
  cpuQuietThresholdMs: 0,
};

// `port`: of a browser's debugger; `headers`: more of the requests'. Gives a list of what is wrong.
export const judged = async (url, port, headers) => {
  const { lhr } = await lighthouse(url, { port, logLevel: "silent" }, { extends: "lighthouse:default", settings: { ...SETTINGS, extraHeaders: headers } });
  const failed = (category) => category.auditRefs.map(({ id }) => lhr.audits[id]).filter((audit) => audit.score !== null && audit.score < 1)
    .map((audit) => `${audit.title} ${JSON.stringify(audit.details?.items ?? "").slice(0, 400)}`);
  return [
    ...(lhr.runtimeError ? [lhr.runtimeError.message] : []),
    ...SETTINGS.onlyCategories.map((name) => lhr.categories[name]).filter(({ score }) => score !== 1)
      .flatMap((category) => [`${category.title}: ${category.score}`, ...failed(category)]),
  ];
};
