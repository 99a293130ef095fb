import { firstLine } from './ask-password.js'

describe('A password from a program', () => {
  it.each(['', '\n', '\r\n', '\nand more\n', '\r\nand more\r\n'])('is the first line without its ending %j', (end) => {
    expect(firstLine(` a long and salty pässword ${end}`)).toBe(' a long and salty pässword ')
  })

  it('may come from a file with a byte order mark', () => {
    expect(firstLine('\uFEFFsalty\r\n')).toBe('salty')
  })
})
