/** Where log lines go. When whoever reads them is gone, lines are lost and nothing else: without a listener a broken pipe would end the process. */
export const standardOutput = process.stdout.on('error', () => undefined)
