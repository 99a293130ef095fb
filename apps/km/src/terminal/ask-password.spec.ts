import { firstLine } from './ask-password.js'

describe('A password that a program gives', () => {
  it.each(['', '\n', '\r\n', '\nand more\n', '\r\nand more\r\n'])('is the first line without its end %j', (end) => {
    expect(firstLine(` a long and salty pässword ${end}`)).toBe(' a long and salty pässword ')
  })

  it('may stand in a file with a byte order mark', () => {
    expect(firstLine('\uFEFFsalty\r\n')).toBe('salty')
  })
})
