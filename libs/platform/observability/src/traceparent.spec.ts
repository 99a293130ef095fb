import { beginSpan } from './traceparent.js'

const traceId = '0af7651916cd43dd8448eb211c80319c'

it('a trace continues with our own span, and with an id for each request', () => {
  const { id, traceparent: next } = beginSpan(`00-${traceId}-b7ad6b7169203331-01`)
  expect(id).toMatch(/^[0-9a-f]{32}$/)
  expect(id).not.toBe(traceId)
  expect(next).toMatch(new RegExp(`^00-${traceId}-[0-9a-f]{16}-01$`))
  expect(next).not.toContain('b7ad6b7169203331')
})

it.each([undefined, '', 'x', `00-${'0'.repeat(32)}-b7ad6b7169203331-01`, `00-${traceId}-${'0'.repeat(16)}-01`, `01-${traceId}-b7ad6b7169203331-01`])(
  'an invalid header (%s) starts a new trace',
  (incoming) => {
    expect(beginSpan(incoming).traceparent).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  },
)
