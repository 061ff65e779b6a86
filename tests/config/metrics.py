"""Metrics, as tests read them."""

import urllib.request

from prometheus_client.parser import text_string_to_metric_families

from config.exporter import Convergence

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def scrape(port: int) -> Samples:
    """Ask as Prometheus does."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read().decode()
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def total(samples: Samples, name: str, **labels: str) -> float:
    """Add up the samples of a name whose labels include these."""
    wanted = set(labels.items())
    return sum(value for (found, pairs), value in samples.items() if found == name and wanted <= pairs)


def gauges() -> Samples:
    """What is told of the fleet now."""
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in Convergence().collect()
        for sample in family.samples
    }
