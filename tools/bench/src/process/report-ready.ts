/** Reports that this process accepts requests, with the same line as the platform's own processes. */
export const reportReady = (fields: { public?: string } = {}): void =>
  void process.stdout.write(`${JSON.stringify({ signal: 'process.ready', ...fields })}\n`)
