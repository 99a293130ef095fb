import { fragmentLength, highlights, marks, shielded, unshielded } from './highlights.js'

const marked = (text: string) => marks.start + text + marks.stop

describe('highlights', () => {
  it('are HTML in which nothing but the marks is markup', () => {
    expect(highlights('', `<script>"${marked('a & b')}'`)).toEqual([`&lt;script&gt;&quot;<mark>a &amp; b</mark>&#39;`])
  })

  it('leave out fragments without a mark', () => {
    expect(highlights('nothing here', ['no', marked('yes')].join(marks.between))).toEqual(['<mark>yes</mark>'])
  })
})

describe('a fragment of a language without spaces', () => {
  const sentence = '東京の夏はとても暑い😀'.repeat(200)

  it.each([
    ['at its beginning', `${marked('夏')}${sentence}`],
    ['in its middle', `${sentence}${marked('夏')}${sentence}`],
    ['at its end', `${sentence}${marked('夏')}`],
    ['more than once', `${sentence}${marked('夏').repeat(500)}`],
    ['as all of it', marked(sentence)],
  ])('is short, whole and marked %s', (_, body) => {
    const [fragment = ''] = highlights('', body)
    expect(fragment.replace(/<.?mark>/g, '').length).toBeLessThanOrEqual(fragmentLength)
    expect(fragment.replace(/(<mark>[^<]*<\/mark>|[^<])+/, '')).toBe('')
    expect([fragment.includes('<mark>'), fragment.isWellFormed()]).toEqual([true, true])
  })
})

describe('a shielded text', () => {
  it('is shown as it was, without its own marks', () => {
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
