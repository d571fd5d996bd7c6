const HEADER = Buffer.from("00000018667479706d703432000000006d70343269736f6d", "hex"); // the box that an MP4 begins with
const MEGABYTE = 1_000_000;

/** A file to post, at `/samples/video.mp4`: large enough that its upload can be watched, and nothing that a player could show. */
export const sampleVideo = (path: string): Buffer | undefined =>
  path === "/samples/video.mp4" ? Buffer.concat([HEADER, Buffer.alloc(12 * MEGABYTE)]) : undefined;
