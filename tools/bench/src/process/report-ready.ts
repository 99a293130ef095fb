/** Says that this process takes requests, in the words of the platform's own processes. */
export const tellReady = (fields: { public?: string } = {}): void =>
  void process.stdout.write(`${JSON.stringify({ signal: 'process.ready', ...fields })}\n`)
