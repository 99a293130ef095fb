import type { TemplateRenderer } from './template-renderer.js'

/** What people may write where a template shows it. */
const payloads = [
  '{{constructor.constructor("return process")()}}',
  '{{{__proto__}}}',
  '{{#paragraphs}}x{{/paragraphs}}',
  '{{> partial}}',
  '{{=<% %>=}}<% token %>',
  '${process.env.HOME}',
  '<%= 7*7 %>',
  '#{7*7}',
  '{{7*7}}',
  '__proto__',
  '{{token}}',
  '{{&token}}',
]

const markup = `<script>alert("1")</script><a href='javascript:x'>&amp;`

/** The definition of TemplateRenderer: every driver passes it. */
export function templateRendererSuite(open: () => TemplateRenderer): void {
  it('fills names, lists and parts that are there or not', () => {
    const template = '{{title}}:{{#items}} {{.}}{{/items}}{{#link}} <{{url}}>{{/link}}{{#gone}} gone{{/gone}}'
    expect(open().text(template, { title: 'T', items: ['a', 'b'], link: { url: 'u' }, gone: undefined })).toBe('T: a b <u>')
  })

  it.each(payloads)('shows the value %s as the text that it is', (payload) => {
    const values = { name: payload, token: 'secret', paragraphs: ['p'] }
    expect(open().text('[{{name}}]', values)).toBe(`[${payload}]`)
    expect(unescaped(open().html('[{{name}}]', values))).toBe(`[${payload}]`)
  })

  it('lets no value become markup', () => {
    const html = open().html('<p title="{{name}}">{{name}}</p>', { name: markup })
    expect(html).not.toMatch(/<script|<a |'/)
    expect(html.match(/"/g)).toHaveLength(2)
    expect(unescaped(html)).toBe(`<p title="${markup}">${markup}</p>`)
  })

  it('leaves text mails without escapes', () => {
    expect(open().text('{{name}}', { name: markup })).toBe(markup)
  })

  it('does not find what objects have by nature', () => {
    expect(open().text('[{{constructor}}{{__proto__}}{{toString}}]', { name: 'a' })).not.toContain('function')
  })
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

const unescaped = (html: string): string =>
  html.replace(/&(#(x?)([0-9a-fA-F]+)|\w+);/g, (_, name: string, hex: string, digits: string) =>
    name.startsWith('#') ? String.fromCodePoint(parseInt(digits, hex === '' ? 10 : 16)) : entities[name]!,
  )
