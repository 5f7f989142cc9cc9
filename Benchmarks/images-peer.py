#!/usr/bin/env python3
"""Images of a folder per second of one core with Pillow and NumPy, by the transforms of torchvision.

Opened, converted to RGB, cropped, resized, mirrored, then what `ToTensor` and `Normalize` do; written into a batch.
With --image-size: RandomResizedCrop (bilinear); without: images keep their size and are padded by an eighth.
"""

import argparse
import json
import math
import os
import random
import time

import numpy
import PIL
from PIL import Image, ImageOps

MEAN = numpy.array([0.485, 0.456, 0.406], numpy.float32).reshape(3, 1, 1)
STD = numpy.array([0.229, 0.224, 0.225], numpy.float32).reshape(3, 1, 1)


def crop_box(width, height):
    """torchvision's RandomResizedCrop.get_params."""
    area = width * height
    for _ in range(10):
        target = area * random.uniform(0.08, 1)
        aspect = math.exp(random.uniform(math.log(3 / 4), math.log(4 / 3)))
        w, h = round(math.sqrt(target * aspect)), round(math.sqrt(target / aspect))
        if 0 < w <= width and 0 < h <= height:
            top, left = random.randint(0, height - h), random.randint(0, width - w)
            return left, top, left + w, top + h
    side = min(width, height)
    return (width - side) // 2, (height - side) // 2, (width + side) // 2, (height + side) // 2


def example(path, size):
    with open(path, "rb") as file:
        image = Image.open(file).convert("RGB")
    if size:
        image = image.crop(crop_box(*image.size)).resize((size, size), Image.BILINEAR)
    else:
        width, height = image.size
        padding = min(width, height) // 8
        image = ImageOps.expand(image, padding)
        left, top = random.randint(0, 2 * padding), random.randint(0, 2 * padding)
        image = image.crop((left, top, left + width, top + height))
    if random.random() < 0.5:
        image = image.transpose(Image.FLIP_LEFT_RIGHT)
    values = numpy.ascontiguousarray(numpy.asarray(image).transpose(2, 0, 1)).astype(numpy.float32)
    values /= 255
    values -= MEAN
    values /= STD
    return values


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", required=True)
    parser.add_argument("--image-size", type=int)
    parser.add_argument("--images", type=int, default=2000)
    parser.add_argument("--batch-size", type=int, default=64)
    options = parser.parse_args()
    root = os.path.join(options.data, "train")
    paths = sorted(os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names)
    for path in paths:
        with open(path, "rb") as file:
            file.read()
    order, batch, place, done = paths[:], None, 0, 0
    random.seed(7)
    random.shuffle(order)
    wall, processor = time.perf_counter(), time.process_time()
    while done < options.images:
        values = example(order[done % len(order)], options.image_size)
        if batch is None or place == options.batch_size:
            batch, place = numpy.empty((options.batch_size, *values.shape), numpy.float32), 0
        batch[place] = values
        place, done = place + 1, done + 1
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    print(json.dumps({
        "engine": "pillow", "images": done, "images_per_second": done / wall,
        "images_per_core_second": done / processor, "pillow": PIL.__version__, "numpy": numpy.__version__,
    }))


if __name__ == "__main__":
    main()
