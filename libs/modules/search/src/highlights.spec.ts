import { highlights, marks, shielded, unshielded } from './highlights.js'

const marked = (text: string) => marks.start + text + marks.stop

describe('highlights', () => {
  it('are HTML in which nothing but the marks is markup', () => {
    expect(highlights(`<script>"${marked('a & b')}'`)).toEqual([`&lt;script&gt;&quot;<mark>a &amp; b</mark>&#39;`])
  })

  it('leave out fragments that show no word', () => {
    expect(highlights('nothing here', ['no', marked('yes')].join(marks.between))).toEqual(['<mark>yes</mark>'])
  })
})

describe('a shielded text', () => {
  it('is shown as it was, without marks that it brought itself', () => {
    expect(unshielded(shielded('a < b \uE000c\uE003'))).toBe('a < b c')
  })

  it('has no run of more than 200 characters', () => {
    expect(
      Math.max(
        ...shielded('a_'.repeat(1_000))
          .split(' ')
          .map(({ length }) => length),
      ),
    ).toBe(200)
  })
})
