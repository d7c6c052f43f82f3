import { expect, it } from '@jest/globals'
import { detectType } from '../../../../core/exchange/formats/detect.ts'
import { fixture } from './fixture.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

it.each([
  ['nothing', bytes(''), 'empty'],
  ['a dbf', fixture('isengard/meters.dbf'), 'dbf'],
  ['a Visual FoxPro dbf', fixture('isengard/vodokanal/nach.dbf'), 'dbf'],
  ['a text', fixture('isengard/accounts-cp1251.csv'), 'text'],
  ['a utf-16 text', fixture('bad/05b-utf16be-no-bom.csv'), 'text'],
  ['a text with control characters', fixture('bad/16-control-chars.csv'), 'text'],
  [
    'a text that begins with a digit and blank lines',
    bytes('1\r\n\r\n101;102;103;104;105;106;107\n'),
    'text',
  ],
  ['a heading in quotes and brackets', bytes('"[id]";"{sum}"\n'), 'text'],
  ['a name in brackets', bytes('[Account];Sum\n'), 'text'],
  ['an Excel workbook', bytes('PK\x03\x04\x14\0\0\0\x08\0[Content_Types].xml'), 'xlsx'],
  ['another archive', bytes('PK\x03\x04\x14\0\0\0\x08\0a.txt'), 'zip'],
  ['an old Excel workbook', bytes('\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\0\0'), 'xls'],
  ['a page called .xls', fixture('bad/12-html.xls'), 'html'],
  ['a page with a doctype', bytes('\r\n<!DOCTYPE html>\n<html>'), 'html'],
  ['a page in utf-16', Buffer.from('\uFEFF<html><body>', 'utf16le'), 'html'],
  ['xml', bytes('<?xml version="1.0"?><a/>'), 'xml'],
  ['a list in json', bytes(' [ {"id": 1} ]'), 'json'],
  ['an object in json', Buffer.from('\uFEFF{\n "rows": []}'), 'json'],
  ['pdf', bytes('%PDF-1.7\n'), 'pdf'],
  ['rtf', bytes('{\\rtf1\\ansi'), 'rtf'],
  ['gzip', bytes('\x1F\x8B\x08\0'), 'gzip'],
  ['a photo', bytes('\xFF\xD8\xFF\xE0'), 'image'],
  ['zeros', Buffer.alloc(5000), 'binary'],
  ['all bytes', Buffer.from(Array.from({ length: 256 }, (_, byte) => byte)), 'binary'],
])('%s is told by its bytes', (_, head, type) => {
  expect(detectType(head)).toBe(type)
})
