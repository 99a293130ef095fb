/** A payload that means nothing: it travels the whole way to a subscriber or a worker, which is done with it and does nothing else. */
export const canaryPayload = { canary: true } as const

export const isCanary = (payload: unknown): boolean => (payload as Partial<typeof canaryPayload> | null)?.canary === true
