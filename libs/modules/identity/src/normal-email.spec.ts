import { normalEmail } from './normal-email.js'

describe('an address in its one spelling', () => {
  it.each([
    ['Ada@Example.ORG', 'ada@example.org'],
    ['ada+news@example.org', 'ada+news@example.org'],
    ['ada@bücher.example', 'ada@xn--bcher-kva.example'],
    ['ada@BÜCHER.example', 'ada@xn--bcher-kva.example'],
    ['Ame\u0301lie@example.org', 'am\u00e9lie@example.org'],
    ['"a@b"@example.org', '"a@b"@example.org'],
    ['ada@xn--a.example', 'ada@xn--a.example'],
  ])('%s is %s', (entered, normal) => {
    expect(normalEmail(entered)).toBe(normal)
    expect(normalEmail(normal)).toBe(normal)
  })
})
