/** About 1 KB of JSON, like a small answer or command. */
export interface Payload {
  id: string
  title: string
  tags: string[]
  text: string
}

export const payload: Payload = {
  id: '0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a10',
  title: 'A walk through the Analytical Engine',
  tags: ['history', 'computing', 'mathematics', 'weaving'],
  text: 'The engine weaves algebraical patterns just as the loom weaves flowers and leaves. '.repeat(10),
}
