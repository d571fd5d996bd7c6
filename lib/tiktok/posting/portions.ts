/** Takes portions of exact sizes from a stream, one at a time, all in the same piece of memory. */
export function portions(source: AsyncIterable<Uint8Array>, largest: number) {
  const buffer = new Uint8Array(largest);
  const parts = source[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array();

  return {
    /** The next bytes, valid until the next call; undefined when the stream ends or breaks before there are so many. */
    async take(bytes: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
      let filled = 0;
      while (filled < bytes) {
        if (rest.length === 0) {
          const next = await parts.next().catch(() => undefined);
          if (!next || next.done) return undefined;
          rest = next.value;
        }
        const part = rest.subarray(0, bytes - filled);
        buffer.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
      }
      return buffer.subarray(0, bytes);
    },
  };
}
