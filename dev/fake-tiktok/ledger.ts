import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "../../lib/clock.ts";

export interface Lifetimes {
  accessSeconds: number;
  refreshSeconds: number;
  codeSeconds: number;
}

/** What a person agreed to on the consent page, waiting to be exchanged. */
export interface Consent {
  readonly openId: string;
  readonly scopes: readonly string[];
  readonly redirectUri: string;
  readonly codeChallenge: string | undefined;
}

export interface Grant {
  readonly openId: string;
  readonly scopes: readonly string[];
}

export interface TokenPair extends Grant {
  readonly accessToken: string;
  readonly refreshToken: string;
  readonly expiresIn: number;
  readonly refreshExpiresIn: number;
}

interface Held<T> {
  readonly value: T;
  readonly expiresAt: number;
}

export type Ledger = ReturnType<typeof openLedger>;

/** Every code and token there is, and what became of it. */
export function openLedger(clock: Clock, lifetimes: Lifetimes, saw: (secret: string) => void) {
  const codes = new Map<string, Held<Consent>>();
  const accessTokens = new Map<string, Held<Grant>>();
  const refreshTokens = new Map<string, Held<Grant>>();
  const owners = new Map<string, string>();
  const authorizations = new Map<string, readonly string[]>();
  const rotations = new Map<string, number>();

  const now = () => clock().getTime();
  const live = <T>(held: Held<T> | undefined) => (held && held.expiresAt > now() ? held.value : undefined);

  function keep<T extends Grant>(map: Map<string, Held<T>>, secret: string, value: T, seconds: number): string {
    map.set(secret, { value, expiresAt: now() + seconds * 1000 });
    owners.set(secret, value.openId);
    saw(secret);
    return secret;
  }

  function issue({ openId, scopes }: Grant, keptRefreshToken?: string): TokenPair {
    const grant = { openId, scopes };
    return {
      ...grant,
      accessToken: keep(accessTokens, opaque("act."), grant, lifetimes.accessSeconds),
      refreshToken: keep(refreshTokens, keptRefreshToken ?? opaque("rft."), grant, lifetimes.refreshSeconds),
      expiresIn: lifetimes.accessSeconds,
      refreshExpiresIn: lifetimes.refreshSeconds,
    };
  }

  const endAccessTokens = (openId: string) => forget(accessTokens, openId);

  return {
    consent(consent: Consent): string {
      authorizations.set(consent.openId, consent.scopes);
      return keep(codes, opaque("", "*1"), consent, lifetimes.codeSeconds);
    },
    /** Gives what the code stands for, once. */
    spendCode(code: string): Consent | undefined {
      const consent = live(codes.get(code));
      codes.delete(code);
      return consent;
    },
    issue(grant: Grant): TokenPair {
      if (!authorizations.has(grant.openId)) authorizations.set(grant.openId, grant.scopes);
      return issue(grant);
    },
    refresh(refreshToken: string, { rotates, endsAccessTokens }: { rotates: boolean; endsAccessTokens: boolean }) {
      const grant = live(refreshTokens.get(refreshToken));
      if (!grant) return undefined;
      if (rotates) refreshTokens.delete(refreshToken);
      if (endsAccessTokens) endAccessTokens(grant.openId);
      rotations.set(grant.openId, (rotations.get(grant.openId) ?? 0) + 1);
      return issue(grant, rotates ? undefined : refreshToken);
    },
    accessGrant: (accessToken: string): Grant | undefined => live(accessTokens.get(accessToken)),
    isWorkingRefreshToken: (refreshToken: string): boolean => live(refreshTokens.get(refreshToken)) !== undefined,
    /** Whose code or token this is or was. */
    ownerOf: (secret: string): string | undefined => owners.get(secret),
    authorizedScopes: (openId: string) => authorizations.get(openId),
    rotations: (openId: string): number => rotations.get(openId) ?? 0,
    /** Ends the app's whole authorization for that account: every code and token of it dies. */
    removeAuthorization(openId: string): void {
      authorizations.delete(openId);
      forget(codes, openId);
      endAccessTokens(openId);
      forget(refreshTokens, openId);
    },
  };
}

function forget(map: Map<string, Held<Grant>>, openId: string): void {
  for (const [secret, { value }] of map) if (value.openId === openId) map.delete(secret);
}

function opaque(prefix: string, mark = ""): string {
  return `${prefix}${randomBytes(30).toString("base64url")}${mark}!${randomInt(4000, 6500)}.va`;
}
