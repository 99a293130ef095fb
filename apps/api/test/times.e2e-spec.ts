import { fieldsOfBothPorts } from './fields.js'
import { type Answer, openApi, type OpenedApi, operatorToken } from './open-api.js'
import { type Operation, operationsOf, type Schema } from './operations.js'

let api: OpenedApi
beforeAll(async () => (api = await openApi()), 60_000)
afterAll(() => api.close())

const timeFields = () => fieldsOfBothPorts(api).filter(({ schema }) => schema.format === 'date-time')

/** One instant in the different forms of RFC 3339. */
function formsOf(time: string): string[] {
  const local = (offsetHours: number) => new Date(Date.parse(time) + offsetHours * 3_600_000).toISOString().slice(0, 19)
  const utc = local(0)
  const parts = ['Z', '.5Z', '.123456Z', '.123456789Z', '+00:00', '-00:00']
  return [...parts.map((end) => utc + end), `${utc}z`.toLowerCase(), `${local(14)}+14:00`, `${local(-11)}-11:00`, `${local(5)}.25+05:00`]
}

const isRefusedFor = ({ status, json }: Answer, path: string): boolean =>
  status === 400 && ((json as { errors?: { path: string }[] }).errors ?? []).some((error) => error.path === path)

describe('every time that callers send', () => {
  it('is accepted in each form of RFC 3339', async () => {
    const refused: string[] = []
    let asked = 0
    for (const field of timeFields()) {
      for (const form of formsOf(String(field.schema.example ?? '2026-01-31T12:00:00.000Z'))) {
        const answer = await field.ask(field.with(form))
        asked += 1
        if (isRefusedFor(answer, field.path) || answer.status >= 500) refused.push(`${field.name} ${form}: ${answer.status} ${answer.text}`)
      }
    }
    expect(refused).toEqual([])
    expect(asked).toBeGreaterThan(80)
  })

  it('is refused by name if it is not a time, or if PostgreSQL has no such year', async () => {
    const times = ['0000-01-01T00:00:00.000Z', '0001-01-01T00:00:00+01:00', '2026-02-30T00:00:00Z', '2026-01-31', '2026-01-31T12:00:00', 'x\u0000']
    const wrong: string[] = []
    for (const field of timeFields()) {
      for (const time of times) {
        const answer = await field.ask(field.with(time))
        if (!isRefusedFor(answer, field.path)) wrong.push(`${field.name} ${time}: ${answer.status} ${answer.text}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('is answered in the first and in the last year, and if the end is before the start', async () => {
    const times = ['0001-01-01T00:00:00.000Z', '9999-12-31T23:59:59.999Z', '9999-12-31T00:00:00Z']
    const wrong: string[] = []
    for (const field of timeFields()) {
      for (const time of times) {
        const { status, text } = await field.ask(field.with(time))
        if (status >= 500) wrong.push(`${field.name} ${time}: ${status} ${text}`)
      }
    }
    const spans = times.flatMap((from) => times.flatMap((to) => ['hour', 'day'].map((interval) => ({ from, to, interval }))))
    for (const { from, to, interval } of spans) {
      for (const path of [`/v1/stats?interval=${interval}&from=${from}&to=${to}`, `/v1/search?q=x&from=${from}&to=${to}`]) {
        const { status, text } = await api.ask({ path, token: operatorToken })
        if (status >= 500) wrong.push(`${path}: ${status} ${text}`)
      }
    }
    expect(wrong).toEqual([])
  })

  it('counts as its instant, whatever its offset', async () => {
    const at = new Date(Date.now() - 3_600_000).toISOString()
    const events = ['+14:00', '-11:00'].map((offset, index) => {
      const local = new Date(Date.parse(at) + Number(offset.slice(0, 3)) * 3_600_000).toISOString().slice(0, 19)
      return { id: `0199f0a2-7c1e-7b63-9d54-2f1f6e1b8a1${index}`, name: 'offset.seen', occurredAt: `${local}${offset}` }
    })
    expect((await api.ask({ method: 'POST', path: '/v1/events', json: { anonymousId: 'a', events } })).json).toEqual({ accepted: 2, duplicates: 0 })
    const hour = `${at.slice(0, 13)}:00:00.000Z`
    const path = `/v1/stats?interval=hour&name=offset.seen&from=${at}&to=${new Date().toISOString()}`
    expect((await api.ask({ path, token: operatorToken })).json).toEqual({ series: [{ at: hour, name: 'offset.seen', count: 2, users: 1 }] })
  })
})

it('every time in an answer is described as UTC with milliseconds', () => {
  const timesIn = (schema: unknown): Schema[] => {
    if (typeof schema !== 'object' || schema === null) return []
    const found = (schema as Schema).format === 'date-time' ? [schema as Schema] : []
    return [...found, ...Object.values(schema).flatMap(timesIn)]
  }
  const said = [api.document, api.internalDocument].flatMap(operationsOf).flatMap(({ responses }: Operation) => timesIn(responses))
  expect(said.length).toBeGreaterThan(15)
  const forms = ['2026-01-31T12:00:00.000Z', '2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000+00:00']
  for (const { pattern } of said) expect(forms.map((form) => new RegExp(pattern!).test(form))).toEqual([true, false, false])
})
