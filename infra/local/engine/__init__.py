"""The AWS engine of the local target: ministack in a process of its own, with what it lacks.

ministack answers the AWS APIs and runs the functions; this package starts it with IAM enforced and
adds, without changing its files: events of AWS services (`events.py`), crash-safe checkpoints
(`checkpoints.py`), multipart parts on disk (`upload_parts.py`), the CloudFormation types that it
does not know (`resource_types.py`, `service_types.py`), object reads as CloudFront makes them
(`origin_reads.py`) and workers that die with it (`function_workers.py`). It reaches into
ministack's modules, so the version is pinned and `ministack.py` is the only place that imports it.
"""
