const gradients = {
  "kitchen.notes": ["#e8b04a", "#c9503c"],
  "trail.diary": ["#7fb069", "#2f6690"],
  "night.sketches": ["#8d7bd8", "#2b2d5b"],
} as const;

const person = (username: keyof typeof gradients, displayName: string, appOrigin: string) => ({
  openId: `-000local-${username}`,
  username,
  displayName,
  avatarUrl: `${appOrigin}/pictures/${username}.svg`,
});

/** What TikTok offers an account that only followers see. */
const privateSettings = () => ({
  privacyLevels: ["FOLLOWER_OF_CREATOR", "MUTUAL_FOLLOW_FRIENDS", "SELF_ONLY"],
  duetDisabled: true,
  stitchDisabled: true,
});

/** A few TikTok accounts to choose from, with pictures that the local app serves. */
export const tiktokPeople = (appOrigin: string) =>
  [
    person("kitchen.notes", "Kitchen Notes", appOrigin),
    person("trail.diary", "Trail Diary", appOrigin),
    { ...person("night.sketches", "Night Sketches", appOrigin), ...privateSettings() },
  ] as const;

/** The picture at `/pictures/<username>.svg`. */
export function picture(path: string): string | undefined {
  const username = /^\/pictures\/([\w.]+)\.svg$/.exec(path)?.[1];
  const [, colors] = Object.entries(gradients).find(([name]) => name === username) ?? [];
  if (!colors) return undefined;
  const [from, to] = colors;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 96 96">
<defs><linearGradient id="g" x2="1" y2="1"><stop stop-color="${from}"/><stop offset="1" stop-color="${to}"/></linearGradient></defs>
<path fill="url(#g)" d="M0 0h96v96H0z"/>
<g fill="#fff"><circle cx="48" cy="104" r="44" opacity=".28"/><circle cx="48" cy="40" r="18" opacity=".5"/></g>
</svg>`;
}
