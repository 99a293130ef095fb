/** Calls back when something is written and whoever read it has gone, as `head` does when it has what it wants. */
export function whenReaderIsGone(gone: () => void): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', gone)
}
