/** Calls back when something is written after its reader has gone, as `head` does once it has enough. */
export function whenReaderIsGone(gone: () => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', gone)
}
