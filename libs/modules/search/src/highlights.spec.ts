import { highlights, marks } from './highlights.js'

const marked = (text: string) => marks.start + text + marks.stop

describe('highlights', () => {
  it('are HTML in which nothing but the marks is markup', () => {
    expect(highlights(`<script>"${marked('a & b')}'`)).toEqual([`&lt;script&gt;&quot;<mark>a &amp; b</mark>&#39;`])
  })

  it('leave out fragments that show no word', () => {
    expect(highlights('nothing here', ['no', marked('yes')].join(marks.between))).toEqual(['<mark>yes</mark>'])
  })
})
