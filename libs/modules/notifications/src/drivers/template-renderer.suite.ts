import type { TemplateRenderer } from './template-renderer.js'

/** Text that users may enter and that a template shows. */
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
  '{{ token | raw }}',
  '{% raw %}{{ token }}{% endraw %}',
  "{% render 'mail' %}",
  '{% if',
]

const markup = `<script>alert("1")</script><a href='javascript:x'>&amp;`

/** The definition of TemplateRenderer: every driver passes it. */
export function templateRendererSuite(open: () => TemplateRenderer): void {
  const read = (template: string) => ({ html: open().html(template), text: open().text(template) })

  it('fills names, lists and optional parts', () => {
    const template = '{{title}}:{% for item in items %} {{item}}{% endfor %}{% if link %} <{{link.url}}>{% endif %}{% if gone %} gone{% endif %}'
    expect(open().text(template)({ title: 'T', items: ['a', 'b'], link: { url: 'u' }, gone: undefined })).toBe('T: a b <u>')
  })

  it('parses a template once, and fills it many times', () => {
    const template = open().text('{% for item in items %}{{item}}{% endfor %}')
    expect(['ab', '', 'c'].map((letters) => template({ items: letters.split('') }))).toEqual(['ab', '', 'c'])
  })

  it('leaves no line for a tag that ends in -%}', () => {
    expect(open().text('a\n{% for item in items -%}\n{{item}}\n\n{% endfor -%}\nend\n')({ items: ['b', 'c'] })).toBe('a\nb\n\nc\n\nend\n')
  })

  it.each(['{{gone}}', '{{link.gone}}', '{% for item in gone %}{% endfor %}', '{{title.link.url}}'])(
    'fails if the value for %s is missing',
    (template) => {
      const { html, text } = read(template)
      for (const filled of [html, text]) expect(() => filled({ title: 'T', link: { url: 'u' } })).toThrow(/undefined variable/)
    },
  )

  it.each(['{{title', '{% if title %}', '{{title | nothing}}', '{% nothing %}'])('refuses %s before it is filled', (template) => {
    expect(() => read(template)).toThrow()
  })

  it.each(["{% render 'package.json' %}", "{% include '/etc/passwd' %}", "{% layout '../mail' %}"])('finds no file for %s', (template) => {
    const { html, text } = read(template)
    for (const filled of [html, text]) expect(() => filled({})).toThrow(/ENOENT/)
  })

  it.each(payloads)('shows the value %s as plain text', (payload) => {
    const values = { name: payload, token: 'secret', paragraphs: ['p'] }
    expect(open().text('[{{name}}]')(values)).toBe(`[${payload}]`)
    expect(unescaped(open().html('[{{name}}]')(values))).toBe(`[${payload}]`)
  })

  it('lets no value become markup', () => {
    const html = open().html('<p title="{{name}}">{{name}}</p>')({ name: markup })
    expect(html).not.toMatch(/<script|<a |'/)
    expect(html.match(/"/g)).toHaveLength(2)
    expect(unescaped(html)).toBe(`<p title="${markup}">${markup}</p>`)
  })

  it('does not escape values in text', () => {
    expect(open().text('{{name}}')({ name: markup })).toBe(markup)
  })

  it.each(['constructor', '__proto__', 'toString', 'name.constructor', 'link.__proto__', 'items.map'])(
    'does not find %s, which every object inherits',
    (name) => {
      const { html, text } = read(`[{{${name}}}]`)
      for (const filled of [html, text]) expect(() => filled({ name: 'a', link: { url: 'u' }, items: ['i'] })).toThrow(/undefined variable/)
    },
  )
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', amp: '&' }

const unescaped = (html: string): string =>
  html.replace(/&(#(x?)([0-9a-fA-F]+)|\w+);/g, (_, name: string, hex: string, digits: string) =>
    name.startsWith('#') ? String.fromCodePoint(parseInt(digits, hex === '' ? 10 : 16)) : entities[name]!,
  )
