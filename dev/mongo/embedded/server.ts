export async function startEmbedded(): Promise<{ uri: string; stop(): Promise<void> }> {
  throw new Error("The embedded engine is not built yet: set MONGODB_URI");
}
