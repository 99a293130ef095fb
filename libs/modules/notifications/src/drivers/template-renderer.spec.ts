import { MustacheTemplateRenderer } from './template-renderer.mustache.js'
import { templateRendererSuite } from './template-renderer.suite.js'

describe('TemplateRenderer by Mustache', () => templateRendererSuite(() => new MustacheTemplateRenderer()))
