// Loaded ahead of a program under test (`node --import`): the process itself says what it has used, which no one else can say as exactly.
export interface Usage {
  cpuUs: number
  peakRssMb: number
}

process.on('message', (message: unknown) => {
  if (message !== 'usage') return
  const { user, system } = process.cpuUsage()
  process.send?.({ usage: { cpuUs: user + system, peakRssMb: process.resourceUsage().maxRSS / 1024 } satisfies Usage })
})

// The channel alone is no reason to live on: when the runner is gone, so is the reason to be measured.
process.on('disconnect', () => process.exit(0))
