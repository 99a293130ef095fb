interface Block {
  type: 'describeBlock' | 'test'
  children?: Block[]
  errors?: unknown[]
}

/** Whether a test in this file has failed so far. Jest exposes this only to its own runner, which keeps it under a symbol. */
export function hasFailedTests(): boolean {
  const symbol = Object.getOwnPropertySymbols(globalThis).find(({ description }) => description === 'JEST_STATE_SYMBOL')
  if (symbol === undefined) return false
  const state = (globalThis as unknown as Record<symbol, { rootDescribeBlock: Block }>)[symbol]
  return state !== undefined && hasErrors(state.rootDescribeBlock)
}

const hasErrors = ({ errors = [], children = [] }: Block): boolean => errors.length > 0 || children.some(hasErrors)
