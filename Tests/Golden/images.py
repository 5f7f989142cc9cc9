#!/usr/bin/env python3
"""Writes the image files of Tests/TimestepDataTests/Golden and what Pillow makes of them.

    python3 -m venv VENV && VENV/bin/pip install pillow==13.0.0 && VENV/bin/python Tests/Golden/images.py

Every picture is a formula. NAME.png and NAME.jpg have their pixels, red, green and blue, in NAME.rgb; NAME@2.rgb is a
JPEG decoded at half its size, and resize-*.rgb the picture resize.png cropped and resized as their names say.
"""

import io
import os
import struct
import zlib

from PIL import Image

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TimestepDataTests", "Golden")
WIDTH, HEIGHT = 23, 17


def value(x, y, channel, bits):
    """Smooth, with an edge, different in each channel, over the whole range."""
    level = (7 * x + 11 * y * (channel + 1) + (90 if x > 2 * y else 0) + 40 * channel) % 256
    if bits == 16:
        return level * 256 + (x * 37 + y * 101 + channel) % 256
    return level >> (8 - bits)


def png(channels, bits, colour_type, palette=b"", transparency=b"", interlaced=False):
    """A PNG file of every kind, which Pillow does not write."""

    def scanline(xs, y):
        samples = [value(x, y, c, bits) for x in xs for c in range(channels)]
        if bits == 16:
            return b"\0" + struct.pack(f">{len(samples)}H", *samples)
        text = "".join(format(sample, f"0{bits}b") for sample in samples)
        text += "0" * (-len(text) % 8)
        return b"\0" + bytes(int(text[i:i + 8], 2) for i in range(0, len(text), 8))

    passes = [(0, 0, 1, 1)]
    if interlaced:
        passes = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    data = b""
    for left, top, dx, dy in passes:
        xs = range(left, WIDTH, dx)
        data += b"".join(scanline(xs, y) for y in range(top, HEIGHT, dy) if len(xs))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, bits, colour_type, 0, 0, int(interlaced))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"gAMA", struct.pack(">I", 100000))
            + (chunk(b"PLTE", palette) if palette else b"") + (chunk(b"tRNS", transparency) if transparency else b"")
            + chunk(b"IDAT", zlib.compress(data, 9)) + chunk(b"IEND", b""))


def picture(width=WIDTH, height=HEIGHT, mode="RGB"):
    channels = len(mode)
    data = bytes(value(x, y, c, 8) for y in range(height) for x in range(width) for c in range(channels))
    return Image.frombytes(mode, (width, height), data)


def smooth(width, height, mode="RGB"):
    data = bytes((3 * x + 2 * y * (c + 1) + 50 * c) % 256 if (x // 9 + y // 7) % 2 else 200 - 30 * c
                 for y in range(height) for x in range(width) for c in range(len(mode)))
    return Image.frombytes(mode, (width, height), data)


def write(name, data):
    with open(os.path.join(FOLDER, name), "wb") as file:
        file.write(data)


def upper_bytes():
    """16 bits of grey: their upper 8. Pillow's own conversion clips at 255 instead."""
    return bytes(value(x, y, 0, 16) >> 8 for y in range(HEIGHT) for x in range(WIDTH) for _ in range(3))


def main():
    os.makedirs(FOLDER, exist_ok=True)
    palette = {bits: bytes((i * 83 + c * 57) % 256 for i in range(1 << bits) for c in range(3)) for bits in (1, 2, 4, 8)}
    files = {f"grey-{bits}": png(1, bits, 0) for bits in (1, 2, 4, 8, 16)}
    files |= {f"palette-{bits}": png(1, bits, 3, palette[bits]) for bits in (1, 2, 4, 8)}
    files |= {
        "rgb-8": png(3, 8, 2), "rgb-16": png(3, 16, 2), "grey-alpha-8": png(2, 8, 4), "grey-alpha-16": png(2, 16, 4),
        "rgba-8": png(4, 8, 6), "rgba-16": png(4, 16, 6), "rgb-8-interlaced": png(3, 8, 2, interlaced=True),
        "palette-8-transparent": png(1, 8, 3, palette[8], bytes(range(0, 250, 5))),
        "rgb-8-transparent": png(3, 8, 2, transparency=struct.pack(">3H", 10, 20, 30)),
        "grey-1-interlaced": png(1, 1, 0, interlaced=True),
    }
    for name, data in files.items():
        write(f"{name}.png", data)
        image = Image.open(io.BytesIO(data))
        write(f"{name}.rgb", upper_bytes() if name == "grey-16" else image.convert("RGB").tobytes())

    def jpeg(name, image, **options):
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", **options)
        data = buffer.getvalue()
        write(f"{name}.jpg", data)
        write(f"{name}.rgb", Image.open(io.BytesIO(data)).convert("RGB").tobytes())
        half = Image.open(io.BytesIO(data))
        if half.mode != "CMYK":
            half.draft(None, (image.width // 2, image.height // 2))
            write(f"{name}@2.rgb", half.convert("RGB").tobytes())

    exif = Image.Exif()
    exif[0x0112] = 6
    jpeg("colours-444", smooth(45, 31), quality=92, subsampling=0)
    jpeg("colours-422", smooth(45, 31), quality=80, subsampling=1)
    jpeg("colours-420", smooth(45, 31), quality=75, subsampling=2)
    jpeg("progressive", smooth(45, 31), quality=85, progressive=True)
    jpeg("grey", smooth(45, 31).convert("L"), quality=80)
    jpeg("cmyk", smooth(45, 31, "CMYK"), quality=90)
    jpeg("turned", smooth(45, 31), quality=75, exif=exif)

    image = smooth(53, 41)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    write("resize.png", buffer.getvalue())
    for box, size in [((0, 0, 53, 41), (24, 24)), ((5, 3, 45, 40), (12, 12)), ((10, 8, 20, 29), (24, 24)),
                      ((0, 0, 53, 41), (5, 5)), ((7, 7, 8, 8), (12, 12))]:
        name = "-".join(map(str, box)) + "-to-" + "-".join(map(str, size))
        write(f"resize-{name}.rgb", image.crop(box).resize(size, Image.BILINEAR).tobytes())
    # The recipe of evaluation for examples of 24: short side 27, centre crop.
    width = int(27 * 53 / 41)
    resized = image.resize((width, 27), Image.BILINEAR)
    top, left = round((27 - 24) / 2), round((width - 24) / 2)
    write("resize-evaluation-24.rgb", resized.crop((left, top, left + 24, top + 24)).tobytes())


if __name__ == "__main__":
    main()
