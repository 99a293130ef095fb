/** A payload without meaning. It travels all the way to a subscriber or a worker, which marks it as done and does nothing else. */
export const canaryPayload = { canary: true } as const

export const isCanary = (payload: unknown): boolean => (payload as Partial<typeof canaryPayload> | null)?.canary === true
