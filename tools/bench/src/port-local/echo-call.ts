import { CurrentCall } from '@kilomega/ports'

/** The context of a user's request, in which ports are called. */
export const requestOfUser = (): CurrentCall =>
  new CurrentCall({
    actor: { kind: 'user', id: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10', role: 'user', sessionId: 's' },
    trace: { requestId: 'bench', traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01' },
    deadlineMs: performance.now() + 3_600_000,
  })
