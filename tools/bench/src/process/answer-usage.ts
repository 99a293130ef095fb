// Loaded before a program under test (`node --import`): only the process itself can report exactly what it has used.
export interface Usage {
  cpuUs: number
  peakRssMb: number
}

process.on('message', (message: unknown) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ usage: { cpuUs: user + system, peakRssMb: process.resourceUsage().maxRSS / 1024 } satisfies Usage })
})

// The channel alone must not keep the process alive: without the runner there is nothing to measure for.
process.on('disconnect', () => process.exit(0))
