const SHARED_HOSTING =
  /(?:^|\.)(?:vercel\.app|netlify\.app|pages\.dev|github\.io|herokuapp\.com|cloudfront\.net|amazonaws\.com|web\.app)$/;
const COUNTRY_REGISTRY = /^(?:com?|ac|gov|net|org|edu|or|ne|go)\.[a-z]{2}$/;

/** The domain that both hosts are under and that may carry a cookie for both; undefined when there is none. */
export function commonParentDomain(left: string, right: string): string | undefined {
  const [ours, theirs] = [labelsFromTheEnd(left), labelsFromTheEnd(right)];
  const differs = ours.findIndex((label, position) => label !== theirs[position]);
  const parent = (differs === -1 ? ours : ours.slice(0, differs)).reverse().join(".");
  if (!parent.includes(".") || COUNTRY_REGISTRY.test(parent) || SHARED_HOSTING.test(parent)) return undefined;
  return parent;
}

const labelsFromTheEnd = (host: string) => host.split(".").reverse();
