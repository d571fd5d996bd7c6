/** For every AWS client: three attempts, and an answer that does not come is a failure. By default the SDK would only warn and go on waiting. */
export const impatient = (requestTimeout = 3_000) => ({
  maxAttempts: 3,
  requestHandler: { connectionTimeout: 1_000, requestTimeout, throwOnRequestTimeout: true },
});
