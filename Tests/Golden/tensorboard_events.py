"""A file of events written by TensorBoard itself, for `TimestepTrainingTests`; and what its reader makes of ours.

    pip install tensorboard setuptools
    python Tests/Golden/tensorboard_events.py                  # writes Tests/TimestepTrainingTests/Golden/events.tfevents
    python Tests/Golden/tensorboard_events.py --read RUN       # prints the scalars of a run's events as JSON
    python Tests/Golden/tensorboard_events.py --check RUN      # compares them with the run's steps.csv and metrics.csv
"""

import argparse
import csv
import json
import os
import sys

import numpy as np
from tensorboard.backend.event_processing import event_accumulator, event_file_loader
from tensorboard.compat.proto import event_pb2, summary_pb2
from tensorboard.summary.writer.record_writer import RecordWriter

PATH = os.path.normpath(
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "TimestepTrainingTests", "Golden", "events.tfevents")
)

# (wall time, step, scalars); the Swift test writes the same.
EVENTS = [
    (1700000000.25, 1, [("train/loss", 2.5), ("train/accuracy", 0.125)]),
    (1700000001.5, 300, [("train/loss", float("inf")), ("a tag beyond ASCII: Θ", -0.1)]),
    (1700000002.0, 1 << 40, [("x" * 200, 0.0)]),
]


def write():
    os.makedirs(os.path.dirname(PATH), exist_ok=True)
    with open(PATH, "wb") as file:
        writer = RecordWriter(file)
        writer.write(event_pb2.Event(wall_time=1700000000.0, file_version="brain.Event:2").SerializeToString())
        for time, step, scalars in EVENTS:
            values = [summary_pb2.Summary.Value(tag=tag, simple_value=value) for tag, value in scalars]
            event = event_pb2.Event(wall_time=time, step=step, summary=summary_pb2.Summary(value=values))
            writer.write(event.SerializeToString())
        writer.flush()
    print(f"{PATH}: {os.path.getsize(PATH)} bytes")


def read(run):
    """{tag: {step: value}}, by TensorBoard's accumulator; steps that stand twice are an error."""
    accumulator = event_accumulator.EventAccumulator(run, size_guidance={event_accumulator.SCALARS: 0})
    accumulator.Reload()
    result = {}
    for tag in accumulator.Tags()["scalars"]:
        events = accumulator.Scalars(tag)
        steps = [event.step for event in events]
        if steps != sorted(set(steps)):
            sys.exit(f"{run}: {tag}: steps are not in order, or stand twice: {steps}")
        result[tag] = {event.step: event.value for event in events}
    return result


def check(run):
    scalars = read(run)
    [path] = [os.path.join(run, name) for name in os.listdir(run) if "tfevents" in name]
    records = list(event_file_loader.RawEventFileLoader(path).Load())
    first = event_pb2.Event.FromString(records[0])
    if first.file_version != "brain.Event:2":
        sys.exit(f"{path}: the first event is no version: {first}")
    compared = 0
    for file, prefixes in [("steps.csv", {"train_": "train/"}), ("metrics.csv", {"train_": "epoch/train_", "test_": "test/"})]:
        with open(os.path.join(run, file), newline="") as text:
            rows = list(csv.DictReader(text))
        for row in rows:
            for column, value in row.items():
                prefix = next((p for p in prefixes if column.startswith(p)), None)
                tag = prefixes[prefix] + column[len(prefix) :] if prefix else None
                if file == "steps.csv" and column in ("learning_rate", "gradient_norm", "loss_spike"):
                    tag = "train/" + column
                if file == "metrics.csv" and column == "loss_spikes":
                    tag = "epoch/" + column
                if tag is None:
                    continue
                found = scalars[tag].get(int(row["step"]))
                if found is None or np.float32(value) != np.float32(found):
                    sys.exit(f"{run}: {tag} at step {row['step']}: {found}, in {file} {value}")
                compared += 1
        steps = {int(row["step"]) for row in rows}
        extra = [tag for tag in scalars if tag.startswith("train/" if file == "steps.csv" else "test/") and set(scalars[tag]) != steps]
        if extra:
            sys.exit(f"{run}: other steps than in {file}: {extra}")
    print(f"{run}: {len(records)} events, {len(scalars)} tags, {compared} numbers equal those of steps.csv and metrics.csv")


def main():
    parser = argparse.ArgumentParser(description="Events by TensorBoard's own code.")
    parser.add_argument("--read", metavar="RUN", help="print the scalars of a run's events as JSON")
    parser.add_argument("--check", metavar="RUN", help="compare a run's events with its CSV files")
    options = parser.parse_args()
    if options.read:
        print(json.dumps(read(options.read)))
    elif options.check:
        check(options.check)
    else:
        write()


if __name__ == "__main__":
    main()
